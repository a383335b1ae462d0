/** `diff`: what a session changed over a range, as a patch or as a table. */
import { parseUnifiedDiff } from '../../../actors/model/review/unified-diff.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { PlacedComment, ReviewFile, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import type { Client } from '../../client/client.ts';
import { type ResolvedSession, resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { patchLines } from '../render/patch-lines.ts';
import { isOn, reviewSum, reviewTable } from '../render/review-table.ts';
import { changeWords, linesWords, rangeWords } from '../render/review-words.ts';
import { table } from '../render/table.ts';
import { displayWidth, truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';

export type DiffOptions = {
  readonly run?: number;
  readonly sinceViewed?: boolean;
  readonly against?: string;
  readonly between?: string;
  readonly stat?: boolean;
  readonly ignoreWhitespace?: boolean;
  readonly looked?: boolean;
};

/** So many files are asked for one by one; more come in one piece. */
const maxSingleFiles = 50;

export const diff = async (
  invocation: Invocation,
  given: string,
  paths: readonly string[],
  options: DiffOptions,
): Promise<ExitCode> => {
  const { terminal, json, directory } = invocation;
  const range = rangeOf(options);
  const session = await resolveSession(invocation, given);
  const { id } = session;
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const whole = await client.call('reviewFiles', { parameters: { id }, query: range === null ? {} : { range } });
  const review = { ...whole, files: filesMeant(whole.files, paths) };
  const { comments } = await client.call('reviewComments', {
    parameters: { id },
    query: { tree: review.to, from: review.from },
  });
  const shown = comments.filter((comment) => review.files.some((file) => isOn(comment, file)));
  if (options.stat) {
    if (json) await terminal.writeJson({ id, ...review, comments: shown });
    else await sayTable(invocation, session, review, shown);
  } else {
    const patch = await readPatch(client, id, review, paths.length > 0, options.ignoreWhitespace === true);
    if (json) await terminal.writeJson({ id, ...review, comments: shown, patch });
    // In a pipe it is git's own, to be applied.
    else if (!terminal.isTerminal) await terminal.write(patch.text);
    else await sayPatch(invocation, session, review, shown, patch);
    if (patch.cut) terminal.stderr.write('throughline: the patch is cut: it is too long (ask for single files)\n');
  }
  if (options.looked) await sayLooked(client, id, review);
  return exitCodes.done;
};

const rangeOf = ({ run, sinceViewed, against, between }: DiffOptions): string | null => {
  const ranges = [
    ...(run === undefined ? [] : [`run:${run}`]),
    ...(sinceViewed ? ['looked'] : []),
    ...(against === undefined ? [] : [`base:${against}`]),
    ...(between === undefined ? [] : [snapshotsIn(between)]),
  ];
  if (ranges.length <= 1) return ranges[0] ?? null;
  throw new ThroughlineError('input.invalid', 'this is more than one range', {
    hint: 'give one of --run, --since-viewed, --against and --between',
  });
};

const snapshotsIn = (between: string): string => {
  const [, from, to] = /^[sS]?(\d+)(?:\.\.|-|,)(?:[sS]?(\d+)|now)$/.exec(between) ?? [];
  if (from !== undefined) return `S${from}..${to === undefined ? 'now' : `S${to}`}`;
  throw new ThroughlineError('input.invalid', `"${sanitiseLine(between)}" is no range of snapshots`, {
    hint: 'give it as S3..S5 or S3..now; `throughline history ID --run 0` has them',
  });
};

/** Those that are named, or lie in a folder that is. Raises `review.not_found` for one that none of them is. */
const filesMeant = (files: ReviewFile[], paths: readonly string[]): ReviewFile[] => {
  if (paths.length === 0) return files;
  const wanted = paths.map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''));
  const isMeant = (file: ReviewFile, path: string): boolean =>
    [file.path, file.previousPath].some((name) => name === path || name?.startsWith(`${path}/`) || path === '.');
  for (const path of wanted) {
    if (files.some((file) => isMeant(file, path))) continue;
    throw new ThroughlineError('review.not_found', `nothing changed in ${sanitiseLine(path)}`, {
      hint: 'paths are those of the repository; --stat shows all that changed',
    });
  }
  return files.filter((file) => wanted.some((path) => isMeant(file, path)));
};

type Patch = { readonly text: string; readonly cut: boolean };

const readPatch = async (
  client: Client,
  id: string,
  { from, to, files, cut }: ReviewFiles,
  someOnly: boolean,
  ignoresWhitespace: boolean,
): Promise<Patch> => {
  const whitespace = ignoresWhitespace ? ('ignore' as const) : ('show' as const);
  const ask = (file?: ReviewFile) =>
    client.call('reviewPatch', {
      parameters: { id },
      query: {
        from,
        to,
        whitespace,
        ...(file === undefined ? {} : { path: file.path }),
        ...(file?.previousPath === undefined ? {} : { previousPath: file.previousPath }),
      },
    });
  if (files.length === 0) return { text: '', cut: false };
  if (!someOnly || files.length > maxSingleFiles) {
    if (someOnly) {
      throw new ThroughlineError('input.invalid', `these are ${files.length} files`, {
        hint: `name at most ${maxSingleFiles}, or none for the whole patch`,
      });
    }
    const { text, cut: isCut } = await ask();
    return { text, cut: cut || isCut };
  }
  const texts: string[] = [];
  let isCut = false;
  for (const file of files) {
    const patch = await ask(file);
    texts.push(patch.text);
    isCut ||= patch.cut;
  }
  return { text: texts.join(''), cut: isCut };
};

const headingOf = ({ terminal }: Invocation, { row }: ResolvedSession, review: ReviewFiles): string => {
  const { colours, columns } = terminal;
  const { behind, branch, base } = review;
  const moved =
    behind === null || behind === 0 ? '' : `${sanitiseLine(base?.name ?? 'the base')} moved on by ${behind}`;
  const words = [rangeWords(review), sanitiseLine(branch ?? 'no branch'), moved].filter((word) => word !== '');
  const heading = fitted([colours.bold(truncate(sanitiseLine(row.name), columns)), ...words], columns);
  const why =
    base === null || base.words === null
      ? []
      : wrap(`compared with where it began: ${sanitiseLine(base.words)}`, columns);
  return `${heading}\n${why.map((line) => `${colours.dim(line)}\n`).join('')}`;
};

/** Words side by side, and below each other where they would be wider than the terminal. */
const fitted = (words: readonly string[], columns: number): string => {
  const rows: string[] = [];
  for (const word of words) {
    const row = rows.at(-1);
    if (row !== undefined && displayWidth(row) + 2 + displayWidth(word) <= columns)
      rows[rows.length - 1] = `${row}  ${word}`;
    else rows.push(row === undefined ? word : `  ${word}`);
  }
  return rows.join('\n');
};

const sayTable = async (
  invocation: Invocation,
  session: ResolvedSession,
  review: ReviewFiles,
  comments: readonly PlacedComment[],
): Promise<void> => {
  const { terminal, suggest } = invocation;
  const { colours } = terminal;
  await terminal.write(headingOf(invocation, session, review));
  if (review.files.length === 0) {
    await terminal.writeLine('Nothing changed.');
    return;
  }
  await terminal.write(`\n${reviewTable(review, comments, terminal)}\n`);
  await terminal.writeLine(reviewSum(review, comments, colours));
  const { shortId } = session;
  const next = table([
    ['The patch:', suggest('diff', shortId)],
    [
      'Other ranges:',
      terminal.columns < 80
        ? '--run N  --since-viewed  …'
        : '--run N  --since-viewed  --against main  --between S3..S5',
    ],
    ['In the window:', suggest('review', shortId)],
  ]);
  await terminal.write(`\n${next.trimEnd().split('\n').map(colours.dim).join('\n')}\n`);
};

const sayPatch = async (
  invocation: Invocation,
  session: ResolvedSession,
  review: ReviewFiles,
  comments: readonly PlacedComment[],
  patch: Patch,
): Promise<void> => {
  const { terminal } = invocation;
  const { colours } = terminal;
  await terminal.write(headingOf(invocation, session, review));
  const diffs = new Map(parseUnifiedDiff(patch.text).map((file) => [file.path, file]));
  for (const file of review.files) {
    const own = comments.filter((comment) => comment.state !== 'resolved' && isOn(comment, file));
    const found = diffs.get(file.path);
    const missing = found === undefined && patch.cut ? ['not in the part that is shown'] : [];
    const words = [colours.bold(sanitiseLine(file.path)), changeWords(file), linesWords(file), ...missing];
    await terminal.writeLine(`\n${fitted(words, terminal.columns)}`);
    if (found === undefined) continue;
    if (found.binary) await terminal.writeLine(colours.dim('  binary, or too large to be compared by lines'));
    const drawn = patchLines(found, own, terminal);
    if (drawn !== '') await terminal.write(`\n${drawn}`);
  }
  await terminal.writeLine(`\n${reviewSum(review, comments, colours)}`);
};

const sayLooked = async (client: Client, id: string, { toEnd }: ReviewFiles): Promise<void> => {
  if (toEnd.snapshot === null) return;
  await client.call('lookedAt', { parameters: { id }, body: { snapshot: toEnd.snapshot } });
};
