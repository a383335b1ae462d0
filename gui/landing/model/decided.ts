/** What a person decides before something lands, and what each way would leave on the branch. Pure. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { LandingWay } from '../../../actors/protocol/facts/work-events.ts';
import type { LandingPreview } from '../../../actors/protocol/gateway/landing-routes.ts';

export type Decided = {
  readonly way: LandingWay;
  readonly message: string;
  readonly nameAgent: boolean;
};

export const wayNames: Readonly<Record<LandingWay, string>> = { squash: 'Squash', rebase: 'Rebase', merge: 'Merge' };

/**
 * What a way would leave on the branch; what is not committed yet is one commit more.
 * @example
 * wayWords('squash', { commits: 2, uncommitted: 0, onto: 'main' }, 3) // => '1 commit on main, from 3 runs'
 */
export const wayWords = (
  way: LandingWay,
  preview: Pick<LandingPreview, 'commits' | 'uncommitted' | 'onto'>,
  runs: number,
): string => {
  const { onto } = preview;
  const commits = preview.commits + (preview.uncommitted > 0 ? 1 : 0);
  switch (way) {
    case 'squash':
      return `1 commit on ${onto}, from ${counted(runs, 'run')}`;
    case 'rebase':
      return `${counted(commits, 'commit')}, on top of ${onto}`;
    case 'merge':
      return `${counted(commits, 'commit')} and 1 merge commit`;
  }
};

/** A message in its two parts. */
export const partsOfMessage = (message: string): { readonly subject: string; readonly body: string } => {
  const end = message.indexOf('\n');
  return end === -1
    ? { subject: message, body: '' }
    : { subject: message.slice(0, end), body: message.slice(end + 1).replace(/^\n/u, '') };
};

/** The message whole again: a blank line after the first, unless that is all. */
export const messageOf = (subject: string, body: string): string => (body === '' ? subject : `${subject}\n\n${body}`);
