import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import { whoWords } from '../model/line-reasons.ts';

/** Whose a line is: the first of some, one like that above or of which nothing is known, or that it is not shown. */
export type WhoseLine = BlamedLines | 'as_above' | 'hidden';

/** The margin of a line, with whose it and those below are; who hears the lines hears that where the cursor stands. */
export const WhoseCell = ({ whose }: { readonly whose: WhoseLine }) => {
  if (whose === 'hidden') return null;
  if (whose === 'as_above') return <span class="whose" aria-hidden="true" />;
  const { session, rest } = whoWords(whose);
  return (
    <span class="whose is-first" aria-hidden="true" title={whoText(whose)}>
      {session !== null && <strong>{session}</strong>}
      {session !== null && rest !== '' && ' · '}
      {rest}
    </span>
  );
};

/** `Rate limits · run 3`. */
export const whoText = (block: BlamedLines): string => {
  const { session, rest } = whoWords(block);
  return [session, rest].filter((part) => part !== null && part !== '').join(' · ');
};
