/** How a folder that has a branch out takes a landing there, in words. Pure. */
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { CheckoutStanding } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { CheckoutState } from '../../git/landing/follow-checkout.ts';
import type { Repository } from '../../git/repository.ts';

export type CheckoutPlace = {
  /** The branch that would move, and the commit it would move to, where that is known. */
  readonly onto: string;
  readonly commit: string | null;
  /** The folder of the person's that is not on the branch, and what it is on. */
  readonly root: string;
  readonly headBranch: string | null;
  /** Whose worktree a path is. */
  readonly sessionAt: (path: string) => { readonly id: SessionId; readonly name: string } | null;
};

/** Where the branch of a repository is landed on, as its words need it. */
export const placeOf = (
  { root, headBranch }: Pick<Repository, 'root' | 'headBranch'>,
  onto: string,
  sessionAt: CheckoutPlace['sessionAt'],
  commit: string | null = null,
): CheckoutPlace => ({ onto, commit, root, headBranch, sessionAt });

const whyWords = {
  changed: 'you have changed it',
  untracked: 'git does not know it, and would not overwrite it',
  ignored: 'git ignores it, and would overwrite it',
} as const;

const sessionWhyWords = { ...whyWords, changed: 'it is changed there' } as const;

/** A path as one word of a shell, or as it is. */
const shellWord = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

export const checkoutWords = (state: CheckoutState, place: CheckoutPlace): CheckoutStanding => {
  const { onto, commit, root, headBranch } = place;
  const none = { session: null, more: null, command: null, files: [] };
  if (state.kind === 'none') {
    const title =
      headBranch === null
        ? 'It is on no branch: nothing of yours moves'
        : `It is on ${headBranch}: nothing of yours moves`;
    return { ...none, kind: 'elsewhere', lets: true, path: root, title, more: `${onto} moves without it.` };
  }
  if (state.kind === 'several') {
    const [path = root] = state.paths;
    const title = `${onto} is out in ${state.paths.length} folders, and only one could follow`;
    return { ...none, kind: 'several', lets: false, path, title, more: `They are ${state.paths.join(', ')}.` };
  }
  const path = state.kind === 'follows' ? state.checkout.path : state.path;
  const session = place.sessionAt(path);
  const forward = commit === null ? null : `git -C ${shellWord(path)} merge --ff-only ${commit.slice(0, 12)}`;
  const at = { ...none, path, session };
  switch (state.kind) {
    case 'follows': {
      const kept =
        state.kept.slice(0, 3).join(', ') + (state.kept.length > 3 ? ` and ${state.kept.length - 3} more` : '');
      return {
        ...at,
        kind: 'follows',
        lets: true,
        title:
          session === null
            ? `It is on ${onto} and will follow`
            : `${onto} is out in ${session.name}, which will follow`,
        more:
          state.kept.length === 0
            ? null
            : `${session === null ? 'You have changed' : 'Changed there:'} ${kept}; this landing does not touch ${state.kept.length === 1 ? 'it' : 'them'}.`,
      };
    }
    case 'in_the_way': {
      const { files } = state;
      const words = session === null ? whyWords : sessionWhyWords;
      return {
        ...at,
        kind: 'in_the_way',
        lets: false,
        title: `${onto} stays where it is: ${files.length === 1 ? '1 file is' : `${files.length} files are`} in the way`,
        more: `Move ${files.length === 1 ? 'it' : 'them'} out of the way in ${path}, or commit there.`,
        command: forward,
        files: files.map((file) => ({ path: file.path, why: words[file.why] })),
      };
    }
    case 'unfinished':
      return {
        ...at,
        kind: 'unfinished',
        lets: false,
        title: `A ${state.what} ${state.what === 'rebase' || state.what === 'bisect' ? `of ${onto} is` : 'is'} going on there`,
        more:
          state.what === 'bisect'
            ? 'End it with git bisect reset.'
            : `Finish it with git ${state.what} --continue, or leave it with --abort.`,
      };
    case 'filtered': {
      const filters = [...new Set(state.files.map(({ filter }) => `“${filter}”`))].join(', ');
      const { length } = state.files;
      return {
        ...at,
        kind: 'filtered',
        lets: false,
        title: `${length === 1 ? '1 file goes' : `${length} files go`} through the filter ${filters}, which Throughline does not run`,
        more: `In ${path} your own git may run it.`,
        command: forward,
        files: state.files.map((file) => ({ path: file.path, why: `filter ${file.filter}` })),
      };
    }
    case 'away':
      return {
        ...at,
        kind: 'away',
        lets: false,
        title: `${onto} is out there, and the folder cannot be looked at`,
        more: 'Its disk may not be plugged in; if it is gone for good: git worktree prune.',
      };
  }
};
