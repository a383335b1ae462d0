/** How far a landing has come, as beads and as a sentence. Pure. */
import type { LandingState } from '../../../actors/protocol/facts/work-summary.ts';

export type LandingBead = {
  readonly word: string;
  readonly state: 'done' | 'now' | 'next' | 'stuck' | 'failed';
};

type State = LandingState['state'];
type WhyReturned = 'conflict' | 'checks' | 'refused';

const bead = (state: LandingBead['state'], word: string): LandingBead => ({ state, word });
const rebased = bead('done', 'Rebased');
const checked = bead('done', 'Checked');
const rebase = bead('next', 'Rebase');
const check = bead('next', 'Check');
const land = bead('next', 'Land');

/** Rebase, check, land; `why` it was given back, if it was and that is known. */
export const beadsOf = (state: State, why: WhyReturned | null): readonly LandingBead[] => {
  switch (state) {
    case 'queued':
    case 'withdrawn':
      return [rebase, check, land];
    case 'rebasing':
      return [bead('now', 'Rebasing'), check, land];
    case 'checking':
      return [rebased, bead('now', 'Checking'), land];
    case 'waiting':
      return [rebased, checked, bead('now', 'Waiting')];
    case 'landing':
      return [rebased, checked, bead('now', 'Landing')];
    case 'landed':
      return [rebased, checked, bead('done', 'Landed')];
    case 'undone':
      return [rebased, checked, bead('next', 'Undone')];
    case 'held':
      return [rebased, checked, bead('stuck', 'Held')];
    case 'returned':
      if (why === null || why === 'conflict') return [bead('stuck', 'Conflict'), check, land];
      if (why === 'checks') return [rebased, bead('failed', 'Fails'), land];
      return [bead('stuck', 'Refused'), check, land];
  }
};

/** Still to come to an end by itself. */
export const isOnItsWay = (state: State): boolean =>
  ['queued', 'rebasing', 'checking', 'waiting', 'landing'].includes(state);

const counts = [
  [(state: State) => state === 'landed', 'landed'],
  [isOnItsWay, 'on their way'],
  [(state: State) => state === 'returned', 'given back'],
  [(state: State) => state === 'held', 'held'],
  [(state: State) => state === 'undone', 'undone'],
] as const;

/**
 * What became of several.
 * @example
 * queueWords(['landed', 'checking', 'returned']) // => '3 sessions: 1 landed, 1 on its way, 1 given back'
 */
export const queueWords = (states: readonly State[]): string => {
  const parts = counts.flatMap(([is, words]) => {
    const count = states.filter(is).length;
    return count === 0 ? [] : [`${count} ${count === 1 && words === 'on their way' ? 'on its way' : words}`];
  });
  const all = `${states.length} session${states.length === 1 ? '' : 's'}`;
  return parts.length === 0 ? all : `${all}: ${parts.join(', ')}`;
};
