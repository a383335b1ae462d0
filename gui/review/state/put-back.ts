/** Putting files and single changes back as they were before, and into the index: what is there now is kept first. */
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { ReviewFile, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import type { ReviewSource } from './review-source.ts';

/** A file, or one change of its lines by its head. */
export type Part = { readonly file: ReviewFile; readonly hunk: string | null };

export type PutBack = {
  /** What would be put back, and to which tree. */
  readonly preview: (part: Part) => Promise<RouteAnswer<'previewRestore'>>;
  /** `discard` a file, `revert` a change. Gives the snapshot of what was there. */
  readonly putBack: (part: Part) => Promise<RouteAnswer<'restore'>>;
  /** Takes a putting back back: the files are as in that snapshot. */
  readonly undo: (part: Part, kept: number) => Promise<unknown>;
  readonly stage: (part: Part, staged: boolean) => Promise<unknown>;
};

export const createPutBack = (source: ReviewSource, answer: () => ReviewFiles | null): PutBack => {
  const trees = (): { readonly from: string; readonly to: string } => {
    const { from, to } = answer() ?? { from: '', to: '' };
    return { from, to };
  };
  const backTo = (part: Part) => {
    const { from, to } = trees();
    return {
      ...whatOf(part),
      to: from,
      seen: to,
      kind: part.hunk === null ? ('discard' as const) : ('revert' as const),
    };
  };
  return {
    preview: (part) => source.previewRestore(backTo(part)),
    putBack: (part) => source.restore(backTo(part)),
    undo: ({ file }, kept) => source.restore({ to: kept, paths: pathsOf(file), kind: 'undo' }),
    stage: (part, staged) => source.stage({ ...whatOf(part), from: trees().from, staged }),
  };
};

const pathsOf = ({ path, previousPath }: ReviewFile): string[] => [
  path,
  ...(previousPath === undefined ? [] : [previousPath]),
];

const whatOf = ({ file, hunk }: Part) => {
  if (hunk === null) return { paths: pathsOf(file) };
  const { path, previousPath } = file;
  return { hunks: [{ path, header: hunk, ...(previousPath === undefined ? {} : { previousPath }) }] };
};
