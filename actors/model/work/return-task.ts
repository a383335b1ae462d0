import { shortCommit } from '../../protocol/facts/short-commit.ts';
import type { LandingWay } from '../../protocol/facts/work-events.ts';

/** What an agent is given to do when its work could not land. Pure. */

const maxFiles = 50;

type File = { readonly path: string; readonly words: string | null };

/** The branch has changed what it has changed, too. */
export const conflictTask = (conflict: {
  readonly onto: string;
  readonly way: LandingWay;
  /** The commit of that branch, and its first line. */
  readonly commit: string;
  readonly subject: string;
  readonly files: readonly File[];
}): string => {
  const { onto, way, commit, subject, files } = conflict;
  // A merge leaves the commits as they are, which would then conflict one by one again.
  const doing = way === 'rebase' ? `\`git rebase ${onto}\`` : `\`git merge ${onto}\` (or \`git rebase ${onto}\`)`;
  const those = files.length === 1 ? 'One file conflicts' : `${files.length} files conflict`;
  return [
    `Bring your work onto ${onto} as it is now (${shortCommit(commit)}, “${oneLine(subject)}”): it could not land.`,
    `${those}:`,
    ...listed(files),
    '',
    `Commit what is not committed, then run ${doing} in your worktree, and solve the`,
    'conflicts so that the work of both sides is kept. Then make sure that everything still works, and commit.',
    `Do not push, and do not change ${onto} itself.`,
  ].join('\n');
};

/** On top of the branch its checks fail. */
export const checksTask = (failure: {
  readonly onto: string;
  readonly commit: string;
  /** Whether the branch has moved on since its work began. */
  readonly hasMoved: boolean;
  readonly failed: readonly { readonly name: string; readonly tail: string }[];
}): string => {
  const { onto, commit, hasMoved, failed } = failure;
  return [
    failed.length === 1
      ? `Your work could not land on ${onto}: the check ${failed[0]?.name ?? ''} fails.`
      : `Your work could not land on ${onto}: the checks ${failed.map(({ name }) => name).join(', ')} fail.`,
    ...(hasMoved
      ? [`They ran on top of ${onto} as it is now (${shortCommit(commit)}): merge that into your branch first.`]
      : []),
    'The end of what they said:',
    ...failed.flatMap(({ name, tail }) => ['', `${name}:`, '```', tail.trimEnd(), '```']),
    '',
    'Mend it, and commit.',
  ].join('\n');
};

const listed = (files: readonly File[]): readonly string[] => [
  ...files.slice(0, maxFiles).map(({ path, words }) => `- ${path}${words === null ? '' : `: ${words}`}`),
  ...(files.length > maxFiles ? [`- and ${files.length - maxFiles} more`] : []),
];

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 120);
