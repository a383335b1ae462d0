/** Where the commands of a session's repository run, with what environment, and by what setup. */
import { stat } from 'node:fs/promises';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import { agentEnvironment } from '../agents/agent-environment.ts';
import type { Configuration } from '../data/configuration.ts';
import type { Worktrees } from '../git/worktrees.ts';
import type { Readers } from '../threads/readers.ts';
import { portOf } from './preparation/port-range.ts';
import { sessionVariables } from './session-variables.ts';
import type { SetupOf, SetupPlace } from './setup-of.ts';

export type PlacedSession = { readonly session: SessionHandle; readonly place: SetupPlace };

export type SessionPlaces = {
  /** The session with the folder its commands run in. Raises `worktree.…` where that is not there, or not what it was. */
  readonly placed: (id: SessionId) => Promise<PlacedSession>;
  /** What a session's agent and its commands find in their environment of it. */
  readonly variablesOf: (session: SessionHandle) => Readonly<Record<string, string>>;
  readonly environmentOf: (session: SessionHandle) => Readonly<Record<string, string>>;
};

export const createSessionPlaces = (options: {
  readonly dataDirectoryId: string;
  readonly configuration: Configuration;
  readonly readers: Pick<Readers, 'handle'>;
  readonly worktrees: Pick<Worktrees, 'check'>;
  readonly setupOf: SetupOf;
}): SessionPlaces => {
  const variablesOf: SessionPlaces['variablesOf'] = ({ id, key, state }) =>
    sessionVariables({ id, name: state.name, port: portOf(options.dataDirectoryId, key) });
  return {
    placed: async (id) => {
      const session = await options.readers.handle(id);
      const { usesWorktree, worktreePath: path } = session.state;
      const place = await options.setupOf.placeOf(session.state);
      if (!usesWorktree) return { session, place };
      if (path === null || place.repository === null || !(await stat(path).catch(() => null))?.isDirectory()) {
        throw new ThroughlineError('worktree.missing', 'the session has no worktree to run anything in', {
          hint: 'give the session a prompt first: a run makes its worktree anew',
        });
      }
      // The agent may have put a symlink in its place.
      await options.worktrees.check({ repository: place.repository, path });
      return { session, place };
    },
    variablesOf,
    environmentOf: (session) => ({
      ...agentEnvironment(process.env, options.configuration.passEnvironment),
      ...variablesOf(session),
    }),
  };
};
