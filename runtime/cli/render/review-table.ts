import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { PlacedComment, ReviewFile, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import type { Colours } from '../invocation/terminal.ts';
import { displayWidth, truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { changeWords, commentCounts, fileCount, kindWord, linesWords } from './review-words.ts';
import { table } from './table.ts';

const leastPathColumns = 16;

const markOf = ({ viewed }: ReviewFile): string => (viewed === 'yes' ? '✓' : viewed === 'changed' ? '◐' : '○');

/**
 * The files of a review as a table no wider than `columns`: below 80 the comments stand in a line below their file, below
 * 60 what became of a file is one word.
 */
export const reviewTable = (
  review: ReviewFiles,
  comments: readonly PlacedComment[],
  { columns, colours }: { readonly columns: number; readonly colours: Colours },
): string => {
  const withComments = columns >= 80;
  const rows = review.files.map((file) => {
    const own = comments.filter((comment) => isOn(comment, file));
    return {
      file,
      change: columns < 60 ? kindWord(file) : changeWords(file, columns < 100),
      lines: linesWords(file),
      comments: commentCounts(own),
    };
  });
  const widest = (of: (row: (typeof rows)[number]) => string, head: string): number =>
    Math.max(displayWidth(head), ...rows.map((row) => displayWidth(of(row))));
  const linesWidth = widest(({ lines }) => lines, 'LINES');
  const commentsWidth = withComments ? widest(({ comments: said }) => said, 'COMMENTS') : 0;
  const pathsWidth = widest(({ file }) => sanitiseLine(file.path), 'FILE');
  // What paths leave, and a third of it all in any case.
  const left = columns - 3 - pathsWidth - 2 - linesWidth - 2 - (withComments ? commentsWidth + 2 : 0);
  const changesWidth = widest(({ change }) => change, 'CHANGE');
  const changeWidth = Math.min(changesWidth, Math.max(left, Math.floor(columns / 3)));
  const others = 3 + linesWidth + 2 + changeWidth + 2 + (withComments ? commentsWidth + 2 : 0);
  const pathWidth = Math.max(leastPathColumns, columns - others);
  const right = (text: string): string => ' '.repeat(Math.max(0, linesWidth - displayWidth(text))) + text;
  const cellsOf = (mark: string, path: string, change: string, lines: string, said: string): string[] => [
    mark,
    path,
    change,
    right(lines),
    ...(withComments ? [said] : []),
  ];
  const head = cellsOf('', 'FILE', 'CHANGE', 'LINES', 'COMMENTS').map((word) => colours.dim(word));
  const body = rows.flatMap(({ file, change, lines, comments: said }) => [
    cellsOf(
      markOf(file),
      endOf(sanitiseLine(file.path), pathWidth),
      truncate(change, changeWidth),
      colouredLines(lines, colours),
      said,
    ),
    ...quiet(file, columns, withComments ? '' : said).map((line) => colours.dim(`   ${truncate(line, columns - 3)}`)),
  ]);
  return table([head, ...body]);
};

export const isOn = ({ path, pathNow }: PlacedComment, file: ReviewFile): boolean =>
  (pathNow ?? path) === file.path || (pathNow === null && path === file.previousPath);

const quiet = ({ viewed, previousPath }: ReviewFile, columns: number, said: string): readonly string[] => [
  ...(previousPath !== undefined && columns < 100 ? [`from ${sanitiseLine(previousPath)}`] : []),
  ...(viewed === 'changed' ? ['changed since you viewed it'] : []),
  ...(said === '' ? [] : [said]),
];

/** A path that is too long loses its beginning: its end tells files apart. */
const endOf = (path: string, columns: number): string => {
  if (displayWidth(path) <= columns) return path;
  let kept = '';
  for (const character of [...path].reverse()) {
    if (displayWidth(character + kept) > columns - 1) break;
    kept = character + kept;
  }
  return `…${kept}`;
};

const colouredLines = (lines: string, colours: Colours): string =>
  lines.replace(/\+\d+/, (added) => colours.green(added)).replace(/−\d+/, (removed) => colours.red(removed));

/** All of it in a line: `6 files  +35 −9  2 viewed  5 comments: 3 open, 2 sent`. */
export const reviewSum = (review: ReviewFiles, comments: readonly PlacedComment[], colours: Colours): string => {
  const { files } = review;
  const sum = (of: 'additions' | 'deletions'): number => files.reduce((total, file) => total + (file[of] ?? 0), 0);
  const viewed = files.filter((file) => file.viewed === 'yes').length;
  const counts = commentCounts(comments);
  const total = comments.filter(({ state }) => state !== 'resolved').length;
  return [
    fileCount(review),
    colouredLines(linesWords({ additions: sum('additions'), deletions: sum('deletions') }), colours),
    ...(viewed === 0 ? [] : [`${viewed} viewed`]),
    ...(total === 0 ? [] : [`${counted(total, 'comment')}: ${counts}`]),
  ].join('  ');
};
