/** The sentence at the foot: what stands in the way, and what landing would mean. Pure. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { LandingPreview } from '../../../actors/protocol/gateway/landing-routes.ts';
import { plainLine } from '../../state/plain-text.ts';
import { sentence } from '../../state/sentence.ts';
import { type CheckLine, isFailing, isRunning, standingWords } from './check-lines.ts';

export type FootWords = {
  readonly look: 'fine' | 'in-the-way';
  readonly strong: string | null;
  readonly more: string;
  /** What the button says; null: it cannot be pressed. */
  readonly landing: string | null;
  /** Landing goes past a check that fails. */
  readonly despiteChecks: boolean;
};

export type Standing = {
  readonly preview: Pick<LandingPreview, 'onto' | 'blockers' | 'foreseen' | 'checkouts' | 'files'>;
  readonly lines: readonly CheckLine[];
  readonly isAtWork: boolean;
  /** It is in the queue. */
  readonly isOnItsWay: boolean;
  readonly openComments: number;
};

export const footWords = ({ preview, lines, isAtWork, isOnItsWay, openComments }: Standing): FootWords => {
  const { blockers, foreseen, checkouts, files } = preview;
  const onto = plainLine(preview.onto);
  const back = `Whatever lands can be undone until ${onto} moves on or is pushed.`;
  const [blocker] = blockers;
  if (isOnItsWay) return stops('fine', null, 'It is on its way.');
  if (isAtWork) return stops('in-the-way', 'Its agent is at work.', 'It can land when the run has ended.');
  if (blocker !== undefined)
    return stops('in-the-way', sentence(blocker.words), blocker.hint === null ? '' : sentence(blocker.hint));
  if (files === 0) return stops('fine', 'Nothing to land:', `all of it is on ${onto}.`);
  const failing = lines.filter(isFailing);
  const [first] = failing;
  const landing = first === undefined ? 'Land' : 'Land all the same';
  const warns = (strong: string, more: string): FootWords => ({
    look: 'in-the-way',
    strong,
    more,
    landing,
    despiteChecks: first !== undefined,
  });
  if (first !== undefined) {
    const one = sentence(`${plainLine(first.name)} ${standingWords(first)}`);
    return warns(failing.length === 1 ? one : `${failing.length} checks fail.`, back);
  }
  if (foreseen.base.length > 0) {
    const conflict = counted(foreseen.base.length, 'file conflicts', 'files conflict');
    return warns(`${conflict} with ${onto}.`, 'Landing gives it back to its agent, to rebase.');
  }
  if (checkouts.some(({ lets }) => !lets)) {
    return warns(`Something is in the way where ${onto} is checked out.`, `Until it is gone ${onto} does not move.`);
  }
  const open = openComments === 0 ? '' : `${counted(openComments, 'comment is', 'comments are')} not sent. `;
  const running = lines.filter(isRunning).length;
  const runs = running === 0 ? '' : `${counted(running, 'check runs', 'checks run')}. `;
  return { look: 'fine', strong: null, more: `${open}${runs}${back}`, landing, despiteChecks: false };
};

const stops = (look: FootWords['look'], strong: string | null, more: string): FootWords => ({
  look,
  strong,
  more,
  landing: null,
  despiteChecks: false,
});
