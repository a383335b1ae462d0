import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, match } from 'uvu/assert';
import type { Settings } from '../../runtime/data/configuration.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { closeWorlds, createWorld, ended, historyOf, request, rowOf, saidIn } from '../support/world.ts';

const test = suite('agents that want a login', { timeLimitMs: 120_000 });
test.after(closeWorlds);

const program = fileURLToPath(new URL('../support/agents/login-agent.mjs', import.meta.url));
const settings = (env: Readonly<Record<string, string | null>>): Settings => {
  const state = join(temporaryFolder('login'), 'state');
  // Whatever keys the machine has are not these tests'.
  const keys = { CODEX_API_KEY: null, OPENAI_API_KEY: null };
  return {
    agents: { mine: { command: process.execPath, args: [program], env: { ...keys, LOGIN_STATE: state, ...env } } },
  };
};

const played = async (name: string, env: Readonly<Record<string, string | null>>) => {
  const world = createWorld(name);
  const runtime = await world.open(settings(env));
  const { id } = await runtime.startSession({ ...request(world, 'mine'), agent: 'mine' });
  await ended(runtime, id);
  const played = { row: await rowOf(runtime, id), events: await historyOf(runtime, id) };
  await world.close();
  return played;
};

const authenticated = ({ events }: Awaited<ReturnType<typeof played>>): readonly unknown[] =>
  events.flatMap(({ type, payload }) =>
    type === 'note' && (payload as { note: string }).note === 'authenticated'
      ? [(payload as { method: string }).method]
      : [],
  );

test('an agent with a key in its environment is told to use it, once, and works', async () => {
  const done = await played('with-key', { CODEX_API_KEY: 'any' });
  is(done.row.status, 'Completed', done.row.failureReason ?? '');
  equal(authenticated(done), ['api-key']);
  is(saidIn(done.events), 'ready');
});

test('without a key the run fails as not logged in, and says how that is mended', async () => {
  const done = await played('without-key', {});
  is(done.row.status, 'Failed');
  is(done.row.failureKind, 'authentication');
  match(done.row.failureReason ?? '', 'not logged in');
  equal(authenticated(done), []);
  const error = done.events.find(({ type }) => type === 'error');
  match(JSON.stringify(error?.payload), 'throughline login mine');
});

test('a method that the agent does not offer is not sent, whatever key there is', async () => {
  const done = await played('not-offered', { CODEX_API_KEY: 'any', LOGIN_METHODS: 'browser' });
  is(done.row.failureKind, 'authentication');
  equal(authenticated(done), []);
});

test.run();
