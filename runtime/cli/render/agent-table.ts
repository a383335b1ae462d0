import type { AgentDescription } from '../../../actors/protocol/gateway/api.ts';
import type { AgentReport } from '../../asking/examine-agent.ts';
import type { Colours, Terminal } from '../invocation/terminal.ts';
import { displayWidth } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { table } from './table.ts';

export type AgentLine = {
  readonly agent: AgentDescription;
  /** The release that is installed, where that can be told. */
  readonly version: string | null;
  /** The command that brings a newer one that runs here. */
  readonly update: string | null;
  /** The Node that it needs, where that is newer than this one. */
  readonly needsNode: string | null;
};

/** The agents, one a line; where the terminal is narrow, what is behind each stands below it. */
export const agentTable = (
  lines: readonly AgentLine[],
  { colours, columns }: Pick<Terminal, 'colours' | 'columns'>,
): string => {
  const wide = table(
    lines.flatMap((line) => [[...cells(line, colours), place(line, colours)], ...below(line, colours)]),
  );
  const fits = wide.split('\n').every((text) => displayWidth(text) <= columns);
  const narrow = (): string =>
    table(lines.flatMap((line) => [cells(line, colours), `  ${place(line, colours)}`, ...below(line, colours)]));
  return `${fits ? wide : narrow()}${colours.dim(more)}`;
};

const more = "any other: --agent 'acp:COMMAND ARG…'\nmore of one: throughline agents NAME\n";

const cells = ({ agent, version }: AgentLine, colours: Colours): readonly string[] => [
  colours.bold(sanitiseLine(agent.name)),
  agent.installed ? colours.green(`✓ ${sanitiseLine(version ?? 'installed')}`) : colours.dim('· missing'),
  sanitiseLine(shortTitle(agent.title)),
  askingMark(agent, colours),
];

/** Whether it asks before it acts: said where that is known. */
const askingMark = ({ asks }: AgentDescription, colours: Colours): string =>
  asks === null ? '' : asks ? colours.dim('asks') : colours.yellow('! does not ask');

/** What a title says of itself behind a colon belongs into a longer text. */
const shortTitle = (title: string): string => title.split(':')[0] ?? title;

const place = ({ agent }: AgentLine, colours: Colours): string =>
  colours.dim(sanitiseLine(agent.installed ? (agent.path ?? '') : (agent.install ?? 'correct config.json')));

const below = ({ update, needsNode }: AgentLine, colours: Colours): readonly string[] => [
  ...(update === null ? [] : [colours.dim(`  newer: ${update}`)]),
  ...(needsNode === null ? [] : [colours.yellow(`  needs Node ${needsNode}; this is ${process.versions.node}`)]),
];

const words: readonly (readonly [keyof AgentReport['can'], string])[] = [
  ['load', 'load'],
  ['resume', 'resume'],
  ['list', 'list'],
  ['fork', 'fork'],
  ['close', 'close'],
  ['delete', 'delete'],
  ['additionalDirectories', 'more folders'],
  ['images', 'images'],
  ['audio', 'audio'],
  ['embeddedContext', 'files'],
  ['mcpHttp', 'MCP by http'],
  ['mcpSse', 'MCP by sse'],
  ['logout', 'log out'],
];

/** What an agent said of itself. */
export const agentReportLines = (name: string, report: AgentReport, colours: Colours): string => {
  const { agent, version, protocol, can, login, logins } = report;
  const said = (does: boolean): string =>
    words
      .filter(([capability]) => can[capability] === does)
      .map(([, word]) => word)
      .join(', ') || 'nothing';
  const its = [agent, version].filter((word) => word !== null).join(' ');
  const rows = [
    ['says', sanitiseLine(its === '' ? 'not who it is' : its)],
    ['protocol', String(protocol)],
    ['can', said(true)],
    ['cannot', colours.dim(said(false))],
    ...(login === null ? [] : [['login', loginWords(login, name, colours)]]),
    ...logins.map((method, index) => [index === 0 ? 'log in by' : '', methodWords(method, colours)]),
  ];
  return `${colours.bold(sanitiseLine(name))}\n${table(rows.map(([word = '', text = '']) => [`  ${word}`, text]))}`;
};

const loginWords = ({ state, why }: NonNullable<AgentReport['login']>, name: string, colours: Colours): string => {
  switch (state) {
    case 'logged in':
      return colours.green('✓ logged in');
    case 'not logged in':
      return colours.yellow(`✗ not logged in: throughline login ${sanitiseLine(name)}`);
    case 'failed':
      return colours.red(`✗ ${sanitiseLine(why ?? '')}`);
  }
};

const methodWords = (
  { id, name, description, inTerminal }: AgentReport['logins'][number],
  colours: Colours,
): string => {
  const facts = [name, description, inTerminal ? 'in the terminal' : null].filter(
    (word) => word !== null && word !== '',
  );
  return `${sanitiseLine(id)}  ${colours.dim(sanitiseLine(facts.join(' · ')))}`;
};
