/** Landings as lines: what is planned, what is on its way, what became of it. Pure; no line is wider than the terminal. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { shortCommit } from '../../../actors/protocol/facts/short-commit.ts';
import type {
  CheckoutStanding,
  ConflictingFile,
  PlannedLanding,
  QueuedLanding,
} from '../../../actors/protocol/gateway/landing-routes.ts';
import type { Colours } from '../invocation/terminal.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrapped } from '../text/wrapped.ts';

export type LineStyle = { readonly colours: Colours; readonly columns: number };

const maxFiles = 5;

const changesWords = ({
  files,
  additions,
  deletions,
}: {
  files: number;
  additions: number;
  deletions: number;
}): string => `${counted(files, 'file')} +${additions} −${deletions}`;

const fileWords = ({ path, words }: ConflictingFile): string =>
  `${sanitiseLine(path)}${words === null ? '' : `: ${sanitiseLine(words)}`}`;

/** A mark, and words that go on below themselves. */
const marked = (mark: string, text: string, indent: string, { columns }: LineStyle): readonly string[] => {
  const [first = '', ...more] = wrapped(text, columns - indent.length - 2);
  return [`${indent}${mark} ${first}`, ...more.map((line) => `${indent}  ${line}`)];
};

/** What would come of landing them in this order. */
export const planLines = (plan: readonly PlannedLanding[], style: LineStyle): readonly string[] => {
  const { colours } = style;
  const [first] = plan;
  if (first === undefined) return [];
  const several = plan.length > 1 ? ', in this order' : '';
  const lines = [...headLines(first, `${several}. Nothing is changed.`, style)];
  const indent = plan.length > 1 ? '   ' : '  ';
  for (const [index, landing] of plan.entries()) {
    const number = plan.length > 1 ? `${index + 1}  ` : '';
    const what = landing.files === 0 ? '' : `  ${counted(landing.commits, 'commit')}  ${changesWords(landing)}`;
    lines.push(
      ...wrapped(
        `${number}${colours.bold(sanitiseLine(landing.session.name))}${colours.dim(what)}`,
        style.columns,
        indent,
        '',
      ),
    );
    lines.push(...plannedLines(landing, first, indent, style));
  }
  const [standing] = plan.flatMap(({ checkouts }) => checkouts);
  if (standing !== undefined) lines.push(...checkoutLines(standing, style));
  lines.push(...endLines(plan, style));
  return lines;
};

const headLines = (
  { onto, tip, way }: Pick<PlannedLanding, 'onto' | 'tip' | 'way'>,
  rest: string,
  { columns }: LineStyle,
): readonly string[] => {
  const at = tip === null ? '' : ` at ${shortCommit(tip)}`;
  return wrapped(`Onto ${sanitiseLine(onto)}${at}, by ${way}${rest}`, columns);
};

const plannedLines = (
  landing: PlannedLanding,
  first: PlannedLanding,
  indent: string,
  style: LineStyle,
): readonly string[] => {
  const { colours } = style;
  const { outcome, conflictsWith, conflicts, behind, uncommitted, onto, checks } = landing;
  const [good, bad, stands] = [colours.green('✓'), colours.red('✗'), colours.yellow('▲')];
  const where = landing.onto === first.onto ? '' : ` onto ${sanitiseLine(onto)}`;
  const moved = behind === null || behind === 0 ? '' : `, which moved on by ${behind}`;
  const say = (mark: string, text: string) => marked(mark, text, indent, style);
  const lines: string[] = [];
  if (outcome === 'lands' || outcome === 'held')
    lines.push(...say(good, `no conflict with ${sanitiseLine(onto)}${where}${moved}`));
  if (outcome === 'returned') {
    const other = conflictsWith === null ? sanitiseLine(onto) : sanitiseLine(conflictsWith);
    lines.push(
      ...say(stands, `conflicts with ${other} in ${counted(conflicts.length, 'file')}: it would be given back`),
    );
    for (const file of conflicts.slice(0, maxFiles)) lines.push(...say(' ', fileWords(file)));
    if (conflicts.length > maxFiles) lines.push(...say(' ', `and ${conflicts.length - maxFiles} more`));
  }
  if (outcome === 'nothing') lines.push(...say(colours.dim('–'), sanitiseLine(landing.words ?? 'nothing to land')));
  if (outcome === 'refused') {
    const hint = landing.hint === null ? '' : `; ${sanitiseLine(landing.hint)}`;
    lines.push(...say(bad, `${sanitiseLine(landing.words ?? 'it cannot land')}${hint}`));
  }
  if (outcome !== 'refused' && outcome !== 'nothing') {
    for (const [name, end] of Object.entries(checks)) {
      const mark = end === 'passed' ? good : end === 'running' ? colours.cyan('●') : bad;
      lines.push(...say(mark, `${sanitiseLine(name)} ${end.replaceAll('_', ' ')} the last time`));
    }
    if (uncommitted > 0) {
      lines.push(...say(stands, `${counted(uncommitted, 'file')} not committed yet: committed with it`));
    }
  }
  return lines;
};

const checkoutLines = (standing: CheckoutStanding, style: LineStyle): readonly string[] => {
  const { colours } = style;
  const mark =
    standing.kind === 'elsewhere' ? colours.dim('–') : standing.lets ? colours.green('✓') : colours.yellow('▲');
  const title = `${sanitiseLine(standing.path)}: ${sanitiseLine(standing.title)}`;
  return [
    ...marked(mark, title, '', style),
    ...(standing.more === null ? [] : wrapped(sanitiseLine(standing.more), style.columns, '  ')),
    ...standing.files
      .slice(0, maxFiles)
      .flatMap(({ path, why }) => wrapped(`${sanitiseLine(path)}  ${sanitiseLine(why)}`, style.columns, '    ')),
    ...(standing.files.length > maxFiles ? [`    and ${standing.files.length - maxFiles} more`] : []),
    ...(standing.command === null ? [] : [`  ${sanitiseLine(standing.command)}`]),
  ];
};

const endLines = (plan: readonly PlannedLanding[], style: LineStyle): readonly string[] => {
  const { colours } = style;
  const of = (outcome: PlannedLanding['outcome']): number =>
    plan.filter((landing) => landing.outcome === outcome).length;
  const words = [
    ['lands', 'would land'],
    ['returned', 'given back'],
    ['held', 'held'],
    ['nothing', 'with nothing to land'],
    ['refused', 'refused'],
  ] as const;
  const parts = words.flatMap(([outcome, said]) => (of(outcome) === 0 ? [] : [`${of(outcome)} ${said}`]));
  const isFine = plan.every(({ outcome }) => outcome === 'lands' || outcome === 'nothing');
  return marked(isFine ? colours.green('✓') : colours.yellow('▲'), `As it is: ${parts.join(', ')}.`, '', style);
};

/** What has become of one, as far as it came. */
export const landingLines = (landing: QueuedLanding, style: LineStyle): readonly string[] => {
  const { colours } = style;
  const name = colours.bold(sanitiseLine(landing.session.name));
  const words = landing.words === null ? '' : sanitiseLine(landing.words);
  const [mark, said] = stepOf(landing, words, colours);
  const { files, additions, deletions } = landing;
  const what =
    landing.state === 'landed' && files !== null
      ? `, ${changesWords({ files, additions: additions ?? 0, deletions: deletions ?? 0 })}`
      : '';
  const lines = [...marked(mark, `${name}  ${said}${what}`, '', style)];
  if (landing.state === 'held' || landing.state === 'returned') {
    for (const path of landing.paths.slice(0, maxFiles))
      lines.push(...wrapped(sanitiseLine(path), style.columns, '    '));
    if (landing.paths.length > maxFiles) lines.push(`    and ${landing.paths.length - maxFiles} more`);
  }
  return lines;
};

const stepOf = (
  { state, onto, commit, task, checks, paused }: QueuedLanding,
  words: string,
  colours: Colours,
): readonly [mark: string, said: string] => {
  const detail = words === '' ? '' : `: ${words}`;
  if (paused) return [colours.yellow('▲'), 'paused: it waits, and so does what is behind it'];
  switch (state) {
    case 'queued':
      return [colours.dim('○'), 'waits for its turn'];
    case 'rebasing':
      return [colours.cyan('◐'), `made on top of ${sanitiseLine(onto)}`];
    case 'checking':
      return [colours.cyan('●'), `checking${detail}${checkWords(checks)}`];
    case 'waiting':
      return [colours.dim('○'), `waits${detail}`];
    case 'landing':
      return [colours.cyan('●'), 'landing'];
    case 'landed':
      return [colours.green('✓'), `landed as ${commit === null ? '?' : shortCommit(commit)}`];
    case 'returned':
      return [colours.yellow('▲'), `given back${detail}${task === null ? '' : '. Its agent has it as a task'}`];
    case 'held':
      return [colours.yellow('▲'), `not landed${detail}`];
    case 'withdrawn':
      return [colours.dim('–'), `not landed${detail}`];
    case 'undone':
      return [colours.dim('–'), 'landed, and undone again'];
  }
};

const checkWords = (checks: QueuedLanding['checks']): string =>
  checks
    .map(({ name, outcome }) => ` ${sanitiseLine(name)}${outcome === null ? '…' : ` ${outcome.replaceAll('_', ' ')}`}`)
    .join(',');

/** The queue as it stands, in its order. */
export const queueLines = (landings: readonly QueuedLanding[], style: LineStyle): readonly string[] =>
  landings.flatMap((landing, index) => {
    const { onto, way } = landing;
    const before = landings[index - 1];
    const isSame = before?.onto === onto && before.repository === landing.repository;
    const head = isSame ? [] : wrapped(`Onto ${sanitiseLine(onto)}, by ${way}:`, style.columns);
    return [...head, ...landingLines(landing, style)];
  });

/** The head of a queue that is being watched. */
export const watchHead = (first: QueuedLanding, style: LineStyle): readonly string[] =>
  wrapped(
    `Onto ${sanitiseLine(first.onto)}, by ${first.way}. Ctrl-C stops the watching; the queue goes on.`,
    style.columns,
  );
