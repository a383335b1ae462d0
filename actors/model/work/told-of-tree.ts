/**
 * What an agent is told with its next prompt of what was done to its tree since its last one. It knows its own edits only,
 * and would take what was put back for still there.
 */
import { counted } from '../../protocol/facts/counted.ts';
import type { Restore, SessionWork } from '../../protocol/gateway/work.ts';

const maxNamed = 20;
const maxTold = 10;

/**
 * Null when nothing was done.
 * @example
 * import { noSessionWork } from './session-work.ts';
 * toldOfTree(noSessionWork) // => null
 */
export const toldOfTree = ({ restores, lastPromptAt }: SessionWork): string | null => {
  // What is put on top of a branch for its checks is put back after them.
  const since = restores.filter(
    ({ state, position, kind }) => state === 'finished' && kind !== 'rebase' && position > (lastPromptAt ?? 0),
  );
  const told = since.slice(-maxTold).map((restore) => `- ${sentenceOf(restore)}`);
  if (told.length === 0) return null;
  const before = since.length - told.length;
  return [
    'Since your last turn files were changed in your working tree, not by you. Read them again before you go on with them:',
    ...(before === 0 ? [] : [`- ${before} more before these`]),
    ...told,
  ].join('\n');
};

const sentenceOf = (restore: Restore): string => {
  const { kind, to, files } = restore;
  const names = namesOf(restore);
  const count = counted(files, 'file');
  switch (kind) {
    case 'discard':
      return `the person discarded changes in ${count}: ${names}`;
    case 'revert':
      return `the person reverted changes in ${count}: ${names}`;
    case 'discarded_work':
      return `work that had been discarded is back in ${count}: ${names}`;
    case 'rebase':
      return `your branch was rebased, which changed ${count}: ${names}`;
    case 'recovery':
      return `the working tree was lost and is made anew${to === null ? '' : ` from snapshot S${to}`}: look at what is there`;
    default:
      return `the person put ${count} back to an earlier state${to === null ? '' : ` (snapshot S${to})`}: ${names}`;
  }
};

const namesOf = ({ changed, paths, files }: Restore): string => {
  const names = (changed ?? paths ?? []).slice(0, maxNamed);
  if (names.length === 0) return 'git status and git diff show which';
  const more = Math.max(0, files - names.length);
  return `${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
};
