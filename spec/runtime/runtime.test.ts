import { rmSync } from 'node:fs';
import { equal, is, match } from 'uvu/assert';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { parseConfiguration } from '../../runtime/data/configuration.ts';
import { openLog } from '../../runtime/data/log.ts';
import { createRuntime } from '../../runtime/runtime.ts';
import { startWriter } from '../../runtime/threads/start-writer.ts';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, ended, errorOf, start } from '../support/world.ts';

const test = suite('the runtime', { timeLimitMs: 60_000 });
test.after(closeWorlds);

test('a run that cannot begin says why, also when its end cannot be recorded, and the log says that', async () => {
  const world = createWorld('launch');
  const logged: string[] = [];
  const parts = {
    directory: world.directory,
    configuration: parseConfiguration('{}', 'settings of a test'),
    takeUpSettings: () => ({ taken: [], restart: [] }),
    log: openLog({ path: null, pretty: (line) => logged.push(line) }),
    programVersion: '0.0.0-test',
  };
  const writer = await startWriter({ ...parts, thread: null, onGaveUp: () => {} });
  const refusal = new ThroughlineError('store.busy', 'the writer refuses the end of a run');
  const runtime = await createRuntime({
    ...parts,
    writer: {
      ...writer,
      command: (command) => (command.kind === 'settle_run' ? Promise.reject(refusal) : writer.command(command)),
    },
  });
  try {
    const { id } = await start(runtime, world, 'quick');
    await ended(runtime, id);
    rmSync(world.repository, { recursive: true });
    is((await errorOf(runtime.prompt(id, 'More.'))).code, 'repository.missing');
    match(logged.join('\n'), refusal.message);
  } finally {
    await runtime.stop();
  }
});

test('what the runtime hands on is what its surface names, and nothing of its readers', async () => {
  const world = createWorld('surface');
  const runtime = await world.open();
  const internal = ['handle', 'knownItems', 'runFacts', 'look', 'crash', 'command', 'outbox'];
  equal(
    internal.filter((name) => name in runtime),
    [],
  );
  await world.close();
});

test.run();
