/** Whose the lines of a file are, for a terminal: a table of all of them, or the way of one. Pure. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { shortCommit } from '../../../actors/protocol/facts/short-commit.ts';
import type { BlameAnswer, BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import type { Colours } from '../invocation/terminal.ts';
import { displayWidth, truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';
import { dayTime } from './clock-time.ts';
import { table } from './table.ts';

export type BlameLook = {
  readonly colours: Colours;
  readonly columns: number;
  readonly suggest: (...words: readonly string[]) => string;
  /** The beginning of a session's id that is enough to name it. */
  readonly shortOf: (id: string) => string;
};

const header = ['LINES', 'WHO', 'WHEN', 'WHY', 'EVENT'];
const maxWhoColumns = 28;

/** A row for each block of lines; below 80 columns without the reasons, which stand below each. */
export const blameTable = ({ blocks, lines }: BlameAnswer, look: BlameLook): string => {
  const { colours, columns } = look;
  const isNarrow = columns < 80;
  const whoColumns = isNarrow ? 20 : maxWhoColumns;
  const cells = blocks.map((block) => ({
    range: block.from === block.to ? String(block.from) : `${block.from}–${block.to}`,
    who: truncate(who(block), whoColumns),
    when: timeOf(block),
    why: sanitiseLine(why(block)),
    event: block.event === null ? '·' : String(block.event.position),
  }));
  const width = (name: 'range' | 'who' | 'when' | 'event', head: string): number =>
    Math.max(displayWidth(head), ...cells.map((each) => displayWidth(each[name])));
  const taken = width('range', 'LINES') + width('who', 'WHO') + width('when', 'WHEN') + width('event', 'EVENT') + 8;
  const whyColumns = Math.max(12, columns - taken);
  const rows = cells.flatMap(({ range, who: author, when, why: reason, event }) => {
    const first = range.padStart(width('range', 'LINES'));
    const last = colours.dim(event.padStart(width('event', 'EVENT')));
    if (!isNarrow) return [[first, author, colours.dim(when), truncate(reason, whyColumns).padEnd(whyColumns), last]];
    return [[first, author, colours.dim(when), last], colours.dim(`  ${truncate(reason, columns - 2)}`)];
  });
  const head = (isNarrow ? header.filter((word) => word !== 'WHY') : header).map((word) => colours.dim(word));
  const sum = wrap(`${summary(blocks, lines)}. Of one line more is told: FILE:LINE`, columns);
  return `${table([head, ...rows])}${sum.map((line) => `${colours.dim(line)}\n`).join('')}`;
};

const summary = (blocks: readonly BlamedLines[], lines: number): string => {
  const linesBy = (fits: (block: BlamedLines) => boolean): number =>
    blocks.filter(fits).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const sessions = new Set(
    blocks.flatMap(({ by, session }) => (by === 'agent' && session !== null ? [session.id] : [])),
  );
  const parts = [
    sessions.size === 0 ? '' : `${linesBy(({ by }) => by === 'agent')} by ${counted(sessions.size, 'session')}`,
    ofKind(
      linesBy(({ by }) => by === 'between_runs'),
      'between runs',
    ),
    ofKind(
      linesBy(({ by }) => by === 'uncommitted'),
      'not committed',
    ),
    ofKind(
      linesBy(({ by }) => by === 'commit'),
      'of no session',
    ),
  ].filter((part) => part !== '');
  return `${counted(lines, 'line')}: ${parts.join(', ')}`;
};

const ofKind = (lines: number, words: string): string => (lines === 0 ? '' : `${lines} ${words}`);

/** The way of one line: the run, the step, the snapshot, the landing; then what can be done with that. */
export const blameChain = (answer: BlameAnswer, look: BlameLook): string => {
  const [block] = answer.blocks;
  if (block === undefined) return '';
  const { colours, columns } = look;
  const fitted = (text: string): string => truncate(text, columns);
  const line = `${sanitiseLine(answer.path)}:${block.from}`;
  const lines = [
    fitted(`${colours.bold(line)}  ${sanitiseLine(answer.text ?? '').trimEnd()}`),
    ...links(block, columns),
  ];
  const next = nextCommands(block, look);
  const width = Math.max(0, ...next.map(([what]) => what.length));
  const commands = next.map(([what, command]) => colours.dim(`${what.padEnd(width)}  ${command}`));
  return [...lines, ...commands].map((each) => `${each}\n`).join('');
};

const labelColumns = 24;

const links = (block: BlamedLines, columns: number): readonly string[] => {
  const { session, run, prompt, event, between, commit, landed, by } = block;
  const link = (label: string, words: string): string =>
    truncate(`● ${label.padEnd(labelColumns)}  ${sanitiseLine(words)}`, columns);
  if (session === null) {
    if (commit === null) return ['Not committed, and no session wrote it.'];
    return [
      truncate(
        sanitiseLine(`No session wrote it: commit ${shortCommit(commit.id)}, ${commit.author}, ${dayTime(commit.at)}.`),
        columns,
      ),
      truncate(sanitiseLine(`  ${commit.subject}`), columns),
    ];
  }
  const name =
    session.name === null ? `a session that was removed (${session.id})` : `${session.name}, ${session.agent}`;
  const moved =
    commit !== null && (commit.line !== block.from || commit.path === '')
      ? [link('was line', `${commit.line} of ${commit.path}`)]
      : [];
  return [
    truncate(sanitiseLine(name), columns),
    ...(prompt === null ? [] : [link(`run ${run}  ${dayTime(prompt.at)}`, prompt.text)]),
    ...(event === null
      ? [link('no step names it', betweenWords(between))]
      : [
          link(
            `${event.type.replaceAll('_', ' ')}  ${dayTime(event.at)}`,
            `${event.title ?? ''}  event ${event.position}`,
          ),
        ]),
    ...(between?.to == null || event === null ? [] : [link('in snapshot', `S${between.to}`)]),
    ...(by === 'between_runs' ? [link('not by its agent', 'it was done between two of its runs')] : []),
    ...(landed === null
      ? commit === null
        ? [link('not committed', 'it is in the worktree alone')]
        : [link('committed', `${shortCommit(commit.id)} ${commit.subject}`)]
      : [
          link(`landed  ${dayTime(landed.at)}`, `as ${shortCommit(landed.commit)} on ${landed.onto}, by ${landed.way}`),
        ]),
    ...moved,
  ];
};

const betweenWords = (between: BlamedLines['between']): string => {
  if (between === null || (between.from === null && between.to === null)) return 'it is not in any of its snapshots';
  if (between.to === null) return `changed since S${between.from}`;
  return between.from === null
    ? `it was there in S${between.to}`
    : `changed between S${between.from} and S${between.to}`;
};

const nextCommands = ({ session, run, event, prompt }: BlamedLines, look: BlameLook): readonly [string, string][] => {
  if (session === null || session.name === null) return [];
  const short = look.shortOf(session.id);
  const at = event ?? prompt;
  return [
    ...(event === null
      ? []
      : [['Open it:', look.suggest('inspect', short, '--at', `${event.run}:${event.seq}`)] as [string, string]]),
    ...(run === null ? [] : [['Read it:', look.suggest('history', short, '--run', String(run))] as [string, string]]),
    ...(at === null
      ? []
      : [['Fork before it:', look.suggest('fork', short, '--at', String(at.position), '…')] as [string, string]]),
  ];
};

const who = ({ by, session, commit }: BlamedLines): string => {
  if (by === 'between_runs') return sanitiseLine(`by hand, in ${session?.name ?? '?'}`);
  if (session !== null) return sanitiseLine(session.name ?? 'a removed session');
  return commit === null ? 'not committed' : sanitiseLine(commit.author);
};

const why = ({ by, prompt, between, commit, session }: BlamedLines): string => {
  if (prompt !== null) return prompt.text;
  if (by === 'between_runs' || (session !== null && commit === null)) return betweenWords(between);
  return commit === null ? '' : `commit ${shortCommit(commit.id)} ${commit.subject}`;
};

const timeOf = ({ event, prompt, commit }: BlamedLines): string => {
  const at = event?.at ?? prompt?.at ?? commit?.at;
  return at === undefined ? '' : dayTime(at);
};
