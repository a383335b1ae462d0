import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import { whoWords } from '../model/line-reasons.ts';

/** The margin of a line, with whose it and those below are; who hears the lines hears that where the cursor stands. */
export const WhoseCell = ({ block }: { readonly block: BlamedLines | null }) => {
  if (block === null) return <span class="whose" aria-hidden="true" />;
  const { session, rest } = whoWords(block);
  return (
    <span class="whose is-first" aria-hidden="true" title={whoText(block)}>
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
