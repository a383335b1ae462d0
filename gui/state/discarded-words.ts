import { counted } from '../../actors/protocol/facts/counted.ts';
import type { BroughtBack, DiscardedEntry } from '../../actors/protocol/gateway/snapshot-routes.ts';

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** What discarded work holds, and until when it is kept: `5 files · until 30 Dec, 10:58`. */
export const discardedWords = ({ files, lines, until }: DiscardedEntry): string =>
  [
    files !== null ? counted(files, 'file') : lines !== null ? counted(lines, 'line') : null,
    until === null ? null : `until ${day.format(until)}`,
  ]
    .filter((part) => part !== null)
    .join(' · ');

/** The branch that discarded work is brought back on, where its session is gone or is to stay as it is. */
export const branchOf = ({ name }: DiscardedEntry): string => `discarded/${name}`;

/** What became of it when it was brought back; `where` is the session's name. */
export const broughtBackWords = (back: BroughtBack, where: string): string =>
  'branch' in back
    ? `It is on the branch ${back.branch}, as one commit.`
    : `${counted(back.files, 'file')} brought back into ${where}. What was there is S${back.kept}.`;
