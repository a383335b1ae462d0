/** The words for what a review shows, for its table and its patch alike. Paths and names are sanitised here. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { PlacedComment, ReviewFile, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { clockTime } from './clock-time.ts';

/** The range that was looked at: `run 3, 11:02 to 11:04`. */
export const rangeWords = ({ range, run, fromEnd, toEnd, base }: ReviewFiles): string => {
  const until = toEnd.at === null ? '' : clockTime(toEnd.at);
  if (run !== null) return `run ${run}${fromEnd.at === null ? '' : `, ${clockTime(fromEnd.at)} to ${until}`}`;
  if (range === 'looked') {
    return fromEnd.snapshot === null ? 'since it began' : `since you looked, S${fromEnd.snapshot} to now`;
  }
  if (range.startsWith('base')) return `against ${sanitiseLine(base?.name ?? 'its base')}`;
  return range.replace('..', ' to ');
};

/** What became of a file, in a few words: `renamed from src/a.ts, 91 %`. `short` leaves the other name out. */
export const changeWords = (file: ReviewFile, short = false): string => {
  const { kind, previousPath, similarity, oldMode, newMode, picture } = file;
  const mode = modeWords(oldMode, newMode);
  switch (kind) {
    case 'added':
    case 'deleted':
      return `${kind}${picture ? ' picture' : ''}${sizeWords(file)}`;
    case 'renamed': {
      const from = short || previousPath === undefined ? '' : ` from ${sanitiseLine(previousPath)}`;
      return `renamed${from}${similarity === undefined ? '' : `, ${similarity} %`}${mode === '' ? '' : `, ${mode}`}`;
    }
    case 'mode':
      return mode === '' ? 'mode' : mode;
    case 'type':
      return `was ${typeWords(oldMode)}, is ${typeWords(newMode)}`;
    case 'modified':
      return `${picture ? 'picture' : 'changed'}${sizeWords(file)}${mode === '' ? '' : `, ${mode}`}`;
  }
};

/** The same in one word. */
export const kindWord = ({ kind }: Pick<ReviewFile, 'kind'>): string => (kind === 'modified' ? 'changed' : kind);

const modeWords = (oldMode: string, newMode: string): string =>
  oldMode === newMode || /^0+$/.test(oldMode) || /^0+$/.test(newMode) || oldMode.slice(0, 3) !== newMode.slice(0, 3)
    ? ''
    : `mode ${oldMode.slice(-3)} → ${newMode.slice(-3)}`;

const typeWords = (mode: string): string =>
  mode.startsWith('12') ? 'a link' : mode.startsWith('16') ? 'a repository' : 'a file';

const sizeWords = ({ additions, oldBytes, newBytes }: ReviewFile): string => {
  if (additions !== null) return '';
  const sizes = [oldBytes, newBytes].filter((bytes) => bytes !== undefined).map(bytesWords);
  return sizes.length === 0 ? '' : `, ${sizes.join(' → ')}`;
};

const bytesWords = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB'] as const;
  let [amount, unit] = [bytes, 0];
  while (amount >= 1000 && unit < units.length - 1) [amount, unit] = [amount / 1000, unit + 1];
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
};

/** `+6 −2`; a dot for what is not counted by lines. */
export const linesWords = ({ additions, deletions }: Pick<ReviewFile, 'additions' | 'deletions'>): string => {
  if (additions === null || deletions === null) return '·';
  return [additions > 0 ? `+${additions}` : '', deletions > 0 ? `−${deletions}` : ''].filter(Boolean).join(' ') || '·';
};

/** `2 open, 1 answered`; empty for none. Those that are resolved are not told. */
export const commentCounts = (comments: readonly PlacedComment[]): string => {
  const states = ['open', 'queued', 'sent', 'answered'] as const;
  return states
    .map((state) => [comments.filter((comment) => comment.state === state).length, state] as const)
    .flatMap(([number, state]) => (number === 0 ? [] : [`${number} ${state}`]))
    .join(', ');
};

/** What became of a comment: `sent with run 3`. */
export const stateWords = ({ state, sentWith, answeredIn }: PlacedComment): string => {
  switch (state) {
    case 'open':
      return 'open, not sent yet';
    case 'queued':
      return 'goes when the run has ended';
    case 'sent':
      return `sent with run ${sentWith}`;
    case 'answered':
      return `answered in run ${answeredIn}`;
    case 'resolved':
      return 'resolved';
  }
};

/** Where a comment's lines are: `26–29`, and that they changed or are gone. */
export const placeWords = ({ side, from, to, lines, changed, pathNow, nearest }: PlacedComment): string => {
  const range = lines ?? { from, to };
  const numbers = range.from === range.to ? `${range.from}` : `${range.from}–${range.to}`;
  if (side === 'before') return `${numbers}, before`;
  if (lines !== null) return `${numbers}${changed ? ', changed since' : ''}`;
  if (pathNow === null) return `${numbers}, the file is gone`;
  return nearest === null ? `${numbers} when written` : `${numbers} when written, the lines are gone`;
};

export const fileCount = ({ files, cut }: ReviewFiles): string =>
  `${cut ? 'more than ' : ''}${counted(files.length, 'file')}`;
