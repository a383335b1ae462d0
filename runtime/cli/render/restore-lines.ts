/** What putting files back would change, and what it has changed, as lines. Everything is sanitised here. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { occasionOf } from '../../../actors/protocol/facts/snapshot-occasion.ts';
import type { Restored, RestoredFile, RestorePreview } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import type { Snapshot } from '../../../actors/protocol/gateway/work.ts';
import type { Colours } from '../invocation/terminal.ts';
import { displayWidth, truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { clockTime } from './clock-time.ts';

export type ShownRestore = {
  readonly preview: RestorePreview;
  /** The run that is taken back; null where a snapshot is put back to. */
  readonly run: number | null;
  /** The snapshot that is put back to, where it is one. */
  readonly target: Snapshot | null;
  readonly columns: number;
  readonly colours: Colours;
};

const maxFiles = 40;
const minNoteColumns = 28;

/** Where to the files go, in words: `S5, before run 3 (11:02)`. */
export const targetWords = ({ preview, run, target }: Pick<ShownRestore, 'preview' | 'run' | 'target'>): string => {
  if (target === null) return preview.to === null ? 'an earlier state' : `S${preview.to}`;
  const time = clockTime(target.at);
  if (run !== null) return `S${target.snapshot}, before run ${run} (${time})`;
  return `S${target.snapshot}, ${occasionOf(target)} (${time})`;
};

export const previewLines = (shown: ShownRestore): readonly string[] => {
  const { preview, run, colours, columns } = shown;
  const files = preview.files.slice(0, maxFiles).map((file) => fileRow(file, run, colours));
  const stays = preview.stays.slice(0, maxFiles).map((stay) => ({
    mark: colours.yellow('▲'),
    path: sanitiseLine(stay.path),
    notes: stayNotes(stay.why, run),
  }));
  const rows = [...files, ...stays];
  const widest = Math.max(0, ...rows.map(({ path }) => displayWidth(path)));
  const pathColumns = Math.max(16, Math.min(widest, columns - minNoteColumns - 6));
  /** Below the first note, or further left where it would be too wide. */
  const quiet = (note: string): string =>
    ' '.repeat(Math.max(4, Math.min(pathColumns + 6, columns - displayWidth(note)))) + colours.dim(note);
  const lines = rows.flatMap(({ mark, path, notes: [first = '', ...more] }) => {
    const name = truncate(path, pathColumns);
    const gap = ' '.repeat(pathColumns - displayWidth(name));
    return [`  ${mark} ${name}${gap}  ${first}`.trimEnd(), ...more.map((note) => quiet(note))];
  });
  const left = preview.filesLeftOut + preview.files.length - files.length;
  const staysLeft = preview.staysLeftOut + preview.stays.length - stays.length;
  return [
    ...lines,
    ...(left > 0 ? [colours.dim(`    and ${counted(left, 'more file')}`)] : []),
    ...(staysLeft > 0 ? [colours.dim(`    and ${counted(staysLeft, 'more file')} that stay as they are`)] : []),
  ];
};

const fileRow = (file: RestoredFile, run: number | null, colours: Colours) => {
  const again = file.changedSince && run !== null ? [`changed again after run ${run}: that goes as well`] : [];
  return {
    mark: again.length > 0 ? colours.yellow('▲') : ' ',
    path: sanitiseLine(file.path),
    notes: [changeNote(file, colours), ...again],
  };
};

const changeNote = ({ change, becomes, additions, deletions }: RestoredFile, colours: Colours): string => {
  const lines =
    additions === null || deletions === null
      ? 'binary'
      : [
          ...(additions > 0 ? [colours.green(`+${additions}`)] : []),
          ...(deletions > 0 ? [colours.red(`−${deletions}`)] : []),
        ].join(' ');
  switch (change) {
    case 'goes_away':
      return 'goes away';
    case 'comes_back':
      return 'comes back';
    case 'renamed':
      return `becomes ${sanitiseLine(becomes ?? '')} again`;
    case 'mode':
      return 'its mode';
    default:
      return lines;
  }
};

const stayNotes = (why: RestorePreview['stays'][number]['why'], run: number | null): readonly string[] => {
  switch (why) {
    case 'changed_since':
      return [run === null ? 'stays as it is' : `changed after run ${run}: stays`, '--all takes it back, too'];
    case 'too_large':
      return ['too large to be kept: stays'];
    case 'lfs':
      return ['kept by Git LFS: stays'];
    case 'repository':
      return ['a repository of its own: stays'];
  }
};

/** What was done, in one sentence. */
export const restoredWords = ({ files }: Pick<Restored, 'files'>, run: number | null, to: number | null): string => {
  if (files === 0) return 'Nothing was to be put back: it is that way.';
  const are = `${counted(files, 'file')} ${files === 1 ? 'is as it was' : 'are as they were'}`;
  const when = run !== null ? ` before run ${run}` : to === null ? '' : ` in S${to}`;
  return `${are}${when}. The agent is told with its next prompt.`;
};
