/** Sessions that have worked, in a runtime with its real parts, and what became of their landings. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionId } from '../../../../actors/protocol/facts/ids.ts';
import {
  commitRequest,
  landingRequest,
  type QueuedLanding,
} from '../../../../actors/protocol/gateway/landing-routes.ts';
import type { Runtime } from '../../../../runtime/surface.ts';
import { until } from '../../../support/until.ts';
import { createWorld, ended, git, type OpenRuntime, start, type World } from '../../../support/world.ts';

/** A world whose person has a name, and which is on main. */
export const landingWorld = (name: string): World => {
  const world = createWorld(name);
  git(world.repository, 'config', 'user.name', 'Ada Byron');
  git(world.repository, 'config', 'user.email', 'ada@example.org');
  git(world.repository, 'branch', '-M', 'main');
  return world;
};

/** A repository with one check, to which its person has agreed. */
export const checkedWorld = async (
  name: string,
  command: string,
): Promise<World & { readonly runtime: OpenRuntime }> => {
  const world = landingWorld(name);
  mkdirSync(join(world.repository, '.throughline'));
  writeFileSync(
    join(world.repository, '.throughline', 'config.json'),
    JSON.stringify({ checks: { tests: { command, when: 'landing' } }, landing: { how: 'rebase' } }),
  );
  git(world.repository, 'add', '-A');
  git(world.repository, 'commit', '--quiet', '-m', 'Checks');
  const runtime = await world.open();
  const { hash } = await runtime.repositorySetup(world.repository);
  await runtime.agreeToSetup({ path: world.repository, hash, agreed: true, approvals: false });
  return { ...world, runtime };
};

export type Worked = { readonly id: SessionId; readonly path: string; readonly branch: string };

/** A session whose agent has said something, in a worktree with these files besides. */
export const worked = async (
  runtime: Runtime,
  world: World,
  name: string,
  files: Readonly<Record<string, string>>,
  commit = false,
): Promise<Worked> => {
  const { id } = await start(runtime, world, 'quick', { worktree: true, name, prompt: `Do ${name}.` });
  const { worktree } = await ended(runtime, id);
  const { path, branch } = worktree;
  if (path === null || branch === null) throw new Error('there is no worktree');
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  if (commit) {
    git(path, 'add', '-A');
    git(path, 'commit', '--quiet', '-m', name);
  }
  return { id, path, branch };
};

type Request = Partial<Parameters<typeof landingRequest.parse>[0] & object>;

export const land = (runtime: Pick<Runtime, 'land'>, sessions: readonly Worked[], more: Request = {}) =>
  runtime.land(landingRequest.parse({ sessions: sessions.map(({ id }) => id), ...more }));

export const commit = (runtime: Pick<Runtime, 'commitWork'>, { id }: Worked, more: object = {}) =>
  runtime.commitWork(id, commitRequest.parse(more));

const ends: readonly QueuedLanding['state'][] = ['landed', 'returned', 'withdrawn', 'held', 'undone'];

/** Waits until the last landing of each has come to an end, and gives them in that order. */
export const settled = (
  runtime: Pick<Runtime, 'landings'>,
  sessions: readonly { readonly id: SessionId }[],
): Promise<readonly QueuedLanding[]> =>
  until('the landings have ended', async () => {
    const { landings } = await runtime.landings();
    const found = sessions.flatMap(({ id }) => landings.find(({ session }) => session.id === id) ?? []);
    return found.length === sessions.length && found.every(({ state }) => ends.includes(state)) && found;
  });
