import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { rehearsalArguments } from '../../runtime/agents/rehearsal.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import {
  assertInOrder,
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  field,
  git,
  happened,
  historyOf,
  rowOf,
  runsWithoutOneEnd,
  signal,
  spoke,
  start,
  statusesOf,
} from '../support/world.ts';

const test = suite('the life of a session', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const world = createWorld('life');
const vanishing = join(temporaryFolder('program'), 'agent');

/** A program that is the rehearsal agent, started as a configured agent would be. */
const install = (path: string, body?: string): void => {
  const words = [process.execPath, ...rehearsalArguments(), '--script', 'quick', '--state', world.directory.rehearsal];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body ?? `exec ${words.map((word) => `'${word}'`).join(' ')}`}\n`);
  chmodSync(path, 0o755);
};

install(vanishing);
const runtime = await world.open({ agents: { mine: { command: vanishing } }, interruptDeadlineMs: 600 });

test('a second command on a session is refused while one is in progress, and so is a prompt to a running one', async () => {
  const { id } = await start(runtime, world, 'hang');
  await spoke(runtime, id);
  is((await errorOf(runtime.prompt(id, 'And this.'))).code, 'session.busy');
  is((await errorOf(runtime.resume(id, 'And this.'))).code, 'session.busy');
  is((await errorOf(runtime.remove(id, { force: false }))).code, 'session.busy');
  const first = runtime.interrupt(id);
  const second = await errorOf(runtime.interrupt(id));
  is(second.code, 'session.busy');
  match(second.message, 'interrupt is in progress');
  await first;
  is((await ended(runtime, id)).status, 'Interrupted');

  const [begun, refused] = await Promise.allSettled([runtime.prompt(id, 'Go on.'), runtime.prompt(id, 'No, this.')]);
  is(begun?.status, 'fulfilled');
  is(refused?.status === 'rejected' && refused.reason.code, 'session.busy');
  await ended(runtime, id);
  const events = await historyOf(runtime, id);
  equal(
    events.filter(({ type }) => type === 'prompt').map((event) => field(event, 'text')),
    ['Do it.', 'Go on.'],
  );
  assertInOrder(events);
});

test('an interrupt is cooperative where the agent is, and the agent then takes the next prompt', async () => {
  const { id } = await start(runtime, world, 'hang');
  await spoke(runtime, id);
  const [agent] = world.agents(id);
  await runtime.interrupt(id);
  const row = await ended(runtime, id);
  is(row.status, 'Interrupted');
  is(row.failureReason, null);
  equal(world.agents(id), [agent], 'it lives on');
  const asked = (await historyOf(runtime, id)).filter(({ type }) => type === 'interrupt_requested');
  equal(
    asked.map((event) => field(event, 'attempt')),
    [1],
  );
  is((await errorOf(runtime.resume(id))).code, 'session.prompt_required');
  is((await errorOf(runtime.prompt(id, '  \n '))).code, 'session.prompt_required');
  await runtime.prompt(id, 'Go on.');
  is((await ended(runtime, id)).status, 'Completed');
  equal(world.agents(id), [agent]);
});

test('[law 11] an agent that ignores the interrupt is ended with its process group, and its sibling is not touched', async () => {
  const sibling = await start(runtime, world, 'hang');
  const { id } = await start(runtime, world, 'stubborn');
  await Promise.all([spoke(runtime, sibling.id), spoke(runtime, id)]);
  const untouched = world.agents(sibling.id);
  is(untouched.length, 1);
  await runtime.interrupt(id);
  is((await errorOf(runtime.interrupt(id))).code, 'session.busy');
  is((await ended(runtime, id)).status, 'Interrupted');
  equal(world.agents(id), []);
  equal(world.agents(sibling.id), untouched);
  is((await rowOf(runtime, sibling.id)).status, 'Running');
  const events = await historyOf(runtime, id);
  equal(
    events.filter(({ type }) => type === 'interrupt_requested').map((event) => field(event, 'attempt')),
    [1, 2, 3],
  );
  equal(runsWithoutOneEnd(events), []);
  await runtime.prompt(id, 'Once more.');
  is((await ended(runtime, id)).status, 'Completed');
  await runtime.interrupt(sibling.id);
  await ended(runtime, sibling.id);
});

test('[law 6] a run has one end, also when the agent is killed while it is interrupted or an interrupt meets the end', async () => {
  const killed = await start(runtime, world, 'stubborn');
  await spoke(runtime, killed.id);
  await runtime.interrupt(killed.id);
  for (const pid of world.agents(killed.id)) signal(pid, 'SIGKILL');
  const row = await ended(runtime, killed.id);
  is(row.status, 'Interrupted', 'it did what it was asked to, if not as it was asked to');
  is(row.failureReason, null);

  const agent = world.script('brief', { steps: [{ do: 'say', text: 'x', everyMs: 0 }] });
  const { id } = await start(runtime, world, agent);
  await ended(runtime, id);
  for (let run = 2; run <= 12; run += 1) {
    await runtime.prompt(id, `Number ${run}.`);
    // Sometimes before its end, sometimes after it, sometimes at that moment.
    if (run % 3 > 0) await happened(runtime, id, 'it runs', (event) => event.run === run && event.seq > run % 5);
    await runtime.interrupt(id).catch((error) => is(error.code, 'session.not_running'));
    const { status } = await ended(runtime, id);
    ok(status === 'Completed' || status === 'Interrupted', status);
  }
  for (const session of [id, killed.id]) equal(runsWithoutOneEnd(await historyOf(runtime, session)), []);
});

test('who sees that a run has ended may begin the next at once', async () => {
  const agent = world.script('instant', { steps: [{ do: 'say', text: 'x', everyMs: 0 }] });
  const { id } = await start(runtime, world, agent);
  for (let run = 2; run <= 25; run += 1) {
    // No pause in between, as a script would not make one either.
    while ((await rowOf(runtime, id)).activeRunId !== null);
    is((await runtime.prompt(id, `Number ${run}.`)).run, run);
  }
  await ended(runtime, id);
  const events = await historyOf(runtime, id);
  assertInOrder(events);
  equal(runsWithoutOneEnd(events), []);
});

test('an agent that dies in the middle fails its run with one line, and the next prompt starts it again', async () => {
  const { id } = await start(runtime, world, 'crash');
  const row = await ended(runtime, id);
  is(row.status, 'Failed');
  match(row.failureReason ?? '', 'exited with code 1 in the middle of its work: rehearsal: fatal');
  equal(world.agents(id), []);
  const next = await runtime.prompt(id, 'Once more.');
  is(next.run, 2);
  const again = await ended(runtime, id);
  is(again.status, 'Completed');
  is(again.failureReason, null);
});

test('what keeps an agent from starting is said with its command and folder, and mended by a retry', async () => {
  const { id } = await start(runtime, world, 'acp:/bin/false');
  const row = await ended(runtime, id);
  is(row.status, 'Failed');
  match(row.failureReason ?? '', 'Could not start /bin/false: it exited with code 1');
  const error = (await historyOf(runtime, id)).find(({ type }) => type === 'error');
  match(String(field(error, 'message')), `Could not start /bin/false: it exited with code 1 (in ${world.repository}`);

  const configured = join(dirname(vanishing), 'loud');
  install(configured, "echo 'first line' >&2; echo 'no licence\tfound' >&2; exit 3");
  const loud = await start(runtime, world, `acp:${configured}`);
  const failed = await ended(runtime, loud.id);
  is(failed.status, 'Failed');
  ok((failed.failureReason ?? '').length <= 140 && !/[\n\t]/.test(failed.failureReason ?? ''));
  const detail = (await historyOf(runtime, loud.id)).find(({ type }) => type === 'error');
  match(String(field(detail, 'message')), 'it exited with code 3: no licence');
  match(JSON.stringify(field(detail, 'detail')), 'first line');
  install(configured);
  await runtime.prompt(loud.id, 'Now it is mended.');
  is((await ended(runtime, loud.id)).status, 'Completed');
});

test('a configured program that has vanished is refused by name, and the session goes on when it is back', async () => {
  const { id } = await start(runtime, world, 'mine', { agent: 'mine' });
  is((await ended(runtime, id)).status, 'Completed');
  const other = await start(runtime, world, 'mine', { agent: 'mine' });
  await ended(runtime, other.id);
  for (const pid of world.agents()) signal(pid, 'SIGKILL');
  await until('the agents are gone', () => world.agents().length === 0);
  rmSync(vanishing);
  const refused = await errorOf(runtime.prompt(id, 'Go on.'));
  is(refused.code, 'agent.not_installed');
  match(refused.message, vanishing);
  is((await rowOf(runtime, id)).status, 'Completed', 'a refusal is no run');
  is((await errorOf(start(runtime, world, 'mine', { agent: 'mine' }))).code, 'agent.not_installed');
  // Its interpreter is gone: the program is there, and cannot be run all the same.
  writeFileSync(vanishing, '#!/no/such/interpreter\n');
  chmodSync(vanishing, 0o755);
  await runtime.prompt(id, 'Go on.');
  const row = await ended(runtime, id);
  is(row.status, 'Failed');
  match(row.failureReason ?? '', `Could not start ${vanishing}`.slice(0, 100));
  install(vanishing);
  await runtime.prompt(id, 'Go on.');
  is((await ended(runtime, id)).status, 'Completed');
});

test('an agent that refuses a conversation can be tried again at once', async () => {
  const path = join(dirname(vanishing), 'refusing.json');
  const handshake = { refuseNew: { message: 'log in first' } };
  const body = { name: 'refusing', handshake, turns: [{ steps: [{ do: 'say', text: 'Hello.' }] }] };
  writeFileSync(path, JSON.stringify(body));
  const { id } = await start(runtime, world, `rehearsal:${path}`);
  is((await ended(runtime, id)).status, 'Failed');
  writeFileSync(path, JSON.stringify({ ...body, handshake: {} }));
  await runtime.prompt(id, 'I am logged in now.');
  const row = await ended(runtime, id);
  is(row.status, 'Completed', row.failureReason ?? '');
  equal(statusesOf(await historyOf(runtime, id)).slice(-3), ['2 starting', '2 running', '2 completed']);
});

test('a folder that cannot be worked in is refused before there is a session', async () => {
  const count = (await runtime.dashboard()).rows.length;
  const plain = temporaryFolder('plain');
  const empty = temporaryFolder('empty');
  git(empty, 'init', '--quiet');
  const bare = temporaryFolder('bare');
  git(bare, 'init', '--quiet', '--bare');
  const wanted = [
    [plain, 'repository.not_git'],
    [empty, 'repository.no_commits'],
    [bare, 'repository.bare'],
    [join(plain, 'nowhere'), 'repository.missing'],
  ] as const;
  for (const [repository, code] of wanted) {
    is((await errorOf(start(runtime, world, 'quick', { repository, worktree: true }))).code, code);
  }
  const base = await errorOf(start(runtime, world, 'quick', { base: 'no-such-branch', worktree: true }));
  is(base.code, 'repository.bad_base');
  is((await errorOf(start(runtime, world, 'quick', { branch: '--help', worktree: true }))).code, 'worktree.bad_branch');
  is((await errorOf(start(runtime, world, 'nobody', { agent: 'nobody' }))).code, 'agent.unknown');
  is((await runtime.dashboard()).rows.length, count);
});

test('a worktree that is gone is made anew when its session goes on, and named where its branch is gone as well', async () => {
  const { id } = await start(runtime, world, 'quick', { worktree: true });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path && worktree.branch);
  const lose = async (): Promise<void> => {
    for (const pid of world.agents(id)) signal(pid, 'SIGKILL');
    await until('its agent is gone', () => world.agents(id).length === 0);
    rmSync(worktree.path ?? '', { recursive: true });
  };
  await lose();
  await runtime.prompt(id, 'Go on.');
  is((await ended(runtime, id)).status, 'Completed');
  ok(existsSync(worktree.path));

  await lose();
  git(world.repository, 'worktree', 'prune');
  git(world.repository, 'branch', '-D', worktree.branch);
  const refused = await errorOf(runtime.prompt(id, 'Go on.'));
  const row = await ended(runtime, id);
  match(`${refused.code} ${refused.message} ${row.failureReason}`, worktree.path);
  is(row.status, 'Failed');
  equal(runsWithoutOneEnd(await historyOf(runtime, id)), []);
  is((await runtime.verify()).ok, true);
});

test('no agent is started again in a worktree whose git was sent elsewhere, or that became a symlink', async () => {
  const victim = join(temporaryFolder('victim'), 'repository');
  git('/', 'init', '--quiet', victim);
  const tricks: readonly (readonly [code: string, trick: (path: string) => void])[] = [
    ['worktree.missing', (path) => writeFileSync(join(path, '.git'), `gitdir: ${victim}/.git\n`)],
    [
      'worktree.missing',
      (path) => {
        rmSync(path, { recursive: true });
        symlinkSync(victim, path);
      },
    ],
  ];
  for (const [code, trick] of tricks) {
    const { id } = await start(runtime, world, 'quick', { worktree: true });
    const { worktree } = await ended(runtime, id);
    ok(worktree.path);
    for (const pid of world.agents(id)) signal(pid, 'SIGKILL');
    await until('its agent is gone', () => world.agents(id).length === 0);
    trick(worktree.path);
    is((await errorOf(runtime.prompt(id, 'Go on.'))).code, code);
    is((await ended(runtime, id)).status, 'Failed');
    is(world.agents(id).length, 0);
  }
});

test.run();
