import { useMemo, useRef } from 'preact/hooks';
import type { RouteLine } from '../../../actors/protocol/gateway/caller.ts';
import type { RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import { useWindow } from '../../shell/window-scope.ts';
import type { NewSessionForm } from '../../state/new-session-form.ts';
import type { RepositoryLook } from './use-repository.ts';

export type SetupLook = {
  readonly path: string;
  readonly base: string | undefined;
  /** What the repository wants to have run, if nobody has decided about it yet; null: nothing is to be asked. */
  readonly undecided: () => Promise<RepositorySetupAnswer | null>;
  /** It was asked about, and a session may start: once, also where an answer cannot be remembered. */
  readonly decide: (setup: RepositorySetupAnswer) => void;
};

const lines = { repositorySetup: 'GET /api/repositories/setup' } as const;

/** Whether a new session would begin in a repository that wants something to have run. */
export const useSetup = (form: NewSessionForm, repository: RepositoryLook): SetupLook => {
  const { callOf } = useWindow().connection;
  const call = useMemo(
    () => callOf(lines satisfies { readonly repositorySetup: RouteLine<'repositorySetup'> }),
    [callOf],
  );
  const decided = useRef<RepositorySetupAnswer | null>(null);
  const path = repository.kind === 'found' ? repository.root : form.repository.trim();
  const base = form.base.trim() === '' ? undefined : form.base.trim();

  const undecided = async (): Promise<RepositorySetupAnswer | null> => {
    // Without a worktree of its own a session has no setup; and what cannot be read is said by the start itself.
    if (!form.worktree) return null;
    const setup = await call('repositorySetup', { query: { path, base } }).catch(() => null);
    if (setup === null || !['unknown', 'changed', 'broken'].includes(setup.standing)) return null;
    const before = decided.current;
    const isSame = before !== null && before.repository === setup.repository && before.hash === setup.hash;
    return isSame ? null : setup;
  };
  return {
    path,
    base,
    undecided,
    decide: (setup) => {
      decided.current = setup;
    },
  };
};
