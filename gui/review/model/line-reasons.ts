/** Who wrote the lines of a file, found by a line's number; and that in a few words. */
import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import { visibleLine } from '../../session/text/visible.ts';
import { shortDate } from '../../state/time.ts';
import { fileLines } from './file-lines.ts';
import { indexAt } from './heights.ts';

export type LineReasons = {
  /** What is known of a line, by its number in the file that is looked at; null where that line is there no more. */
  readonly of: (line: number) => BlamedLines | null;
};

/**
 * `blocks` are of the file as it is now, in order; `patchToNow` is the whole patch from the file that is looked at to that
 * one, and null where both are the same.
 */
export const lineReasons = (blocks: readonly BlamedLines[], patchToNow: string | null): LineReasons => {
  const starts = Float64Array.from([...blocks.map(({ from }) => from), Number.POSITIVE_INFINITY]);
  const numbersNow = patchToNow === null ? null : unchangedLines(patchToNow);
  return {
    of: (line) => {
      const now = numbersNow === null ? line : numbersNow.get(line);
      if (now === undefined) return null;
      const block = blocks[indexAt(starts, now)];
      return block !== undefined && block.from <= now && now <= block.to ? block : null;
    },
  };
};

/** The lines that a patch leaves as they are: their numbers after it, by those before. */
const unchangedLines = (patch: string): ReadonlyMap<number, number> =>
  new Map(
    fileLines(patch, null).lines.flatMap(({ before, after }) =>
      before === null || after === null ? [] : [[before, after] as const],
    ),
  );

/** `Rate limits` and `run 3`; without a session only who or what it was. */
export type WhoWords = { readonly session: string | null; readonly rest: string };

export const whoWords = ({ by, session, run, commit }: BlamedLines): WhoWords => {
  if (session !== null) {
    const name = visibleLine(session.name ?? 'A removed session');
    if (by === 'between_runs') return { session: name, rest: 'not by its agent' };
    return { session: name, rest: run === null ? '' : `run ${run}` };
  }
  if (commit === null) return { session: null, rest: 'Not committed' };
  return { session: null, rest: `${visibleLine(commit.author)} · ${shortDate(commit.at)}` };
};

/** Between which snapshots lines came that no step names. */
export const betweenWords = (between: BlamedLines['between']): string => {
  const { from = null, to = null } = between ?? {};
  if (from === null) return to === null ? 'It is in none of its snapshots' : `It was there in S${to}`;
  return to === null ? `Changed since S${from}` : `Changed between S${from} and S${to}`;
};
