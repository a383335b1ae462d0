import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  field,
  happened,
  historyOf,
  rowOf,
  saidIn,
  start,
} from '../../support/world.ts';
import { agree, agreedWorld, commandsEnded, commandsOf, commitSetup } from './setup-world.ts';

const test = suite('checks', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const worktree = { worktree: true };

test('nothing of a repository runs before a person has agreed to it; then its checks run, and their end is in the log', async () => {
  const world = createWorld('checks');
  const witness = join(world.directory.root, 'ran');
  commitSetup(world.repository, {
    setup: `echo setup >> ${witness}`,
    checks: {
      tests: 'echo looking; echo "$THROUGHLINE_PORT $THROUGHLINE_NAME"; pwd',
      lint: { command: 'echo no; exit 3', when: 'asked' },
    },
  });
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick', { ...worktree, name: 'Tidy up' });
  await ended(runtime, id);
  const before = await runtime.checks(id);
  is(before.setup.standing, 'unknown');
  is(before.setup.inUse, null);
  is((await errorOf(runtime.runChecks(id, null))).code, 'check.not_agreed');
  ok(!existsSync(witness));

  await agree(runtime, world.repository);
  is((await runtime.checks(id)).setup.standing, 'agreed');
  is((await errorOf(runtime.runChecks(id, ['test']))).hint, 'did you mean tests?');
  const { checks } = await runtime.runChecks(id, null);
  equal(
    checks.map(({ name }) => name),
    ['tests', 'lint'],
  );
  const [tests, lint] = await commandsEnded(runtime, id, 2);
  is(tests?.outcome, 'passed');
  const { worktree: where, work } = await rowOf(runtime, id);
  match(tests?.output?.text ?? '', new RegExp(`^looking\n\\d+ Tidy up\n${where.path}\n$`));
  is(lint?.outcome, 'failed');
  is(lint?.exitCode, 3);
  equal(work.checks, { tests: 'passed', lint: 'failed' });
  const told = (await historyOf(runtime, id)).filter(({ type }) => type === 'command_output');
  match(told.map((event) => field(event, 'text')).join(''), /^looking\n/);
  await world.close();
});

test('a check is cancelled with all that it started, and one that waits for its turn does not begin', async () => {
  const world = createWorld('checks');
  const runtime = await agreedWorld(world, { checks: { slow: 'setsid sleep 300 & sleep 300', next: 'true' } });
  const { id } = await start(runtime, world, 'quick', worktree);
  await ended(runtime, id);
  const { checks } = await runtime.runChecks(id, null);
  const [slow, next] = checks;
  if (slow === undefined || next === undefined) throw new Error('there are two');
  await happened(runtime, id, 'the first has begun', ({ type }) => type === 'command_started');
  await until('both sleep', () => world.agents(`command-${slow.commandId}`).length >= 2);
  await runtime.cancelCheck(id, next.commandId);
  await runtime.cancelCheck(id, slow.commandId);
  const commands = await commandsEnded(runtime, id);
  equal(
    commands.map(({ name, outcome }) => [name, outcome]),
    [['slow', 'cancelled']],
  );
  equal(world.agents(`command-${slow.commandId}`), []);
  is((await errorOf(runtime.cancelCheck(id, slow.commandId))).code, 'check.not_found');
  await world.close();
});

test('a check that takes too long or says too much is ended and cut, and its end is kept', async () => {
  const world = createWorld('checks');
  const runtime = await agreedWorld(world, {
    checks: {
      flood: "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo the last line; exit 1",
      late: { command: 'echo begun; sleep 300', timeout: '1s' },
    },
  });
  const { id } = await start(runtime, world, 'quick', worktree);
  await ended(runtime, id);
  await runtime.runChecks(id, null);
  const [flood, late] = await commandsEnded(runtime, id, 2);
  ok(Buffer.byteLength(flood?.output?.text ?? '') <= 129 * 1024);
  match(flood?.output?.text ?? '', /the last line\n$/);
  is(late?.outcome, 'timed_out');
  is(late?.output?.text, 'begun\n');
  const told = (await historyOf(runtime, id)).filter(({ type }) => type === 'command_output');
  ok(told.map((event) => String(field(event, 'text'))).join('').length <= 2 * 128 * 1024);
  await world.close();
});

test('the end of a check that failed goes to the agent at a word, and the prompt names it', async () => {
  const world = createWorld('checks');
  const runtime = await agreedWorld(world, {
    checks: { tests: "printf '\\033[31m1 of 2 failed\\033[0m\\n```\\n'; exit 1" },
  });
  const { id } = await start(runtime, world, 'quick', worktree);
  await ended(runtime, id);
  const { checks } = await runtime.runChecks(id, ['tests']);
  const commandId = checks[0]?.commandId;
  if (commandId === undefined) throw new Error('one is begun');
  await commandsEnded(runtime, id);
  const { run } = await runtime.sendCheck(id, commandId);
  is(run, 2);
  await ended(runtime, id);
  const prompt = (await historyOf(runtime, id)).find((event) => event.type === 'prompt' && event.run === 2);
  match(
    String(field(prompt, 'text')),
    /^The check "tests" failed \(exit code 1\), run as:[\s\S]*````\n1 of 2 failed\n```\n````/,
  );
  const [sent] = await commandsOf(runtime, id);
  equal([sent?.sentWith, sent?.sentByItself], [2, false]);
  await world.close();
});

test('checks follow a run that did its work; a failure goes to the agent by itself, as often as the repository says', async () => {
  const world = createWorld('checks');
  const runtime = await agreedWorld(world, {
    checks: { tests: { command: 'exit 1', when: 'after_run', retry: { tries: 2, pause: '0s' } } },
  });
  const { id } = await start(runtime, world, 'quick', worktree);
  const commands = await commandsEnded(runtime, id, 3);
  await until('nothing is left to come', async () => (await rowOf(runtime, id)).runCount === 3);
  equal(
    commands.map(({ why, attempt, sentWith, sentByItself }) => [why, attempt, sentWith, sentByItself]),
    [
      ['after_run', 1, 2, true],
      ['after_run', 2, 3, true],
      ['after_run', 3, null, false],
    ],
  );
  await world.close();
});

test('a check that follows a run is cancelled when the next one begins', async () => {
  const world = createWorld('checks');
  const runtime = await agreedWorld(world, { checks: { tests: { command: 'sleep 300', when: ['after_run'] } } });
  const { id } = await start(runtime, world, 'quick', worktree);
  await happened(runtime, id, 'it has begun', ({ type }) => type === 'command_started');
  await runtime.prompt(id, 'More.');
  is((await commandsEnded(runtime, id))[0]?.outcome, 'cancelled');
  await world.close();
});

test('a new worktree is set up before its agent begins, which finds its port and name; a resume does not do it again', async () => {
  const world = createWorld('checks');
  const runtime = await agreedWorld(world, { setup: ['echo "$THROUGHLINE_PORT" > port', 'echo again >> count'] });
  const agent = world.script('look', {
    steps: [{ do: 'run', command: 'cat port; echo "$THROUGHLINE_PORT $THROUGHLINE_NAME $THROUGHLINE_SESSION"' }],
  });
  const { id } = await start(runtime, world, agent, { ...worktree, name: 'Look' });
  await ended(runtime, id);
  const { prepared } = await runtime.work(id);
  const events = await historyOf(runtime, id);
  match(JSON.stringify(events), `${prepared?.port}\\n${prepared?.port} Look ${id}`);
  await runtime.prompt(id, 'Again.');
  const { worktree: where } = await ended(runtime, id);
  is(readFileSync(join(where.path ?? '', 'count'), 'utf8'), 'again\n');
  await world.close();
});

test('a setup that fails fails the run with what it said, and the next one tries it again; an interrupt ends it', async () => {
  const world = createWorld('checks');
  const gate = join(world.directory.root, 'gate');
  const runtime = await agreedWorld(world, {
    setup: `test -e ${gate} || { echo no gate; exit 7; }; grep -q open ${gate} || sleep 300`,
  });
  const { id } = await start(runtime, world, 'quick', worktree);
  const row = await ended(runtime, id);
  is(row.status, 'Failed');
  match(row.failureReason ?? '', /^The worktree is not ready: the setup ".*" failed \(exit code 7\): no gate$/);

  writeFileSync(gate, 'shut');
  await runtime.prompt(id, 'Once more.');
  await until(
    'it waits',
    async () => (await commandsOf(runtime, id)).filter((each) => each.outcome === null).length === 1,
  );
  await runtime.interrupt(id);
  is((await ended(runtime, id)).status, 'Interrupted');
  is((await commandsEnded(runtime, id, 2))[1]?.outcome, 'cancelled');

  writeFileSync(gate, 'open');
  await runtime.prompt(id, 'And now.');
  is((await ended(runtime, id)).status, 'Completed');
  ok(saidIn(await historyOf(runtime, id)) !== '');
  await world.close();
});

test('what the repository wants to be run before its worktree goes is run, and what runs there is ended', async () => {
  const world = createWorld('checks');
  const witness = join(world.directory.root, 'ran');
  const runtime = await agreedWorld(world, {
    checks: { slow: 'sleep 300' },
    teardown: [`echo "$PWD" >> ${witness}`, 'exit 1', `echo "$THROUGHLINE_PORT" >> ${witness}`],
  });
  const { id } = await start(runtime, world, 'quick', worktree);
  const { worktree: where } = await ended(runtime, id);
  const { prepared } = await runtime.work(id);
  const { checks } = await runtime.runChecks(id, null);
  await happened(runtime, id, 'it has begun', ({ type }) => type === 'command_started');
  await runtime.remove(id, { force: false });
  is(readFileSync(witness, 'utf8'), `${where.path}\n${prepared?.port}\n`);
  ok(!existsSync(where.path ?? ''));
  equal(world.agents(`command-${checks[0]?.commandId}`), []);
  await world.close();
});

test('a setup with errors is used for nothing, and its errors name the line', async () => {
  const world = createWorld('checks');
  const runtime = await agreedWorld(world, { checks: { tests: 'true' } });
  const { id } = await start(runtime, world, 'quick', worktree);
  const { worktree: where } = await ended(runtime, id);
  const file = join(where.path ?? '', '.throughline/config.json');
  writeFileSync(file, '{\n  "checks": {\n    "tests": { "command": "true", "timeout": "5" }\n  },\n  "copys": []\n}\n');
  const { setup } = await runtime.checks(id);
  is(setup.standing, 'broken');
  equal(
    setup.errors.map(({ line, column, place, message }) => [line, column, place, message]),
    [
      [3, 46, 'checks.tests.timeout', '"5" has no unit (write "5m" or "5s")'],
      [5, 3, 'copys', 'there is no such key (did you mean copy?)'],
    ],
  );
  is((await errorOf(runtime.runChecks(id, null))).code, 'configuration.invalid');
  await world.close();
});

test.run();
