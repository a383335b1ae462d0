import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { equal, is, ok } from 'uvu/assert';
import { asThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { dataDirectoryIdOf, openDataDirectory } from '../../../runtime/data/data-directory.ts';
import { markOf } from '../../../runtime/processes/orphans.ts';
import { readGently } from '../../../runtime/processes/read-gently.ts';
import { createTerminals, type Terminals } from '../../../runtime/sessions/terminals.ts';
import { marked } from '../../support/marked-processes.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { aWhile, closeWorlds, createWorld, ended, gone, spoke, start } from '../../support/world.ts';

const test = suite('terminals');
const opened: Terminals[] = [];
test.after(async () => {
  for (const terminals of opened) terminals.close();
  await closeWorlds();
});

const misbehaving = fileURLToPath(new URL('../../faults/agents/misbehaving.mjs', import.meta.url));

test('what an agent has had run ends with the agent: nobody else could ask for its end', async () => {
  const world = createWorld('terminals');
  const runtime = await world.open({ interruptDeadlineMs: 100 });
  // Asked to cancel it does nothing, so that it is ended; its command would go on for ever.
  const { id } = await start(runtime, world, `acp:${process.execPath} ${misbehaving} terminal-flood`);
  await spoke(runtime, id);
  await until('the command runs', () => world.agents(id).length === 2);
  await runtime.interrupt(id);
  is((await ended(runtime, id)).status, 'Interrupted');
  await gone('the agent and its command', () => world.agents(id));
  await world.close();
});

/** Asks for a terminal of this command; the id of it, or null where it was refused. */
const ask = async (terminals: Terminals, command: string, ...words: readonly string[]): Promise<string | null> => {
  try {
    const reply = await terminals.perform({
      kind: 'terminal_create',
      command,
      arguments: words,
      environment: {},
      folder: '/',
      outputByteLimit: 1_000,
    });
    return reply.kind === 'terminal_created' ? reply.terminalId : null;
  } catch (thrown) {
    is(asThroughlineError(thrown).code, 'agent.protocol');
    return null;
  }
};

/** Terminals and the processes that they have running. */
const createMarked = () => {
  const directory = openDataDirectory(join(temporaryFolder('terminals'), 'data'));
  const mark = markOf(dataDirectoryIdOf(directory), 'session' as SessionId);
  const terminals = createTerminals({ environment: { PATH: process.env.PATH ?? '' }, mark });
  opened.push(terminals);
  return { terminals, processes: () => marked(directory.root) };
};

test('[law 12] of 200 terminals asked for at once there are 32, and one that ends makes room for another', async () => {
  const { terminals, processes } = createMarked();
  const asked = await Promise.all(Array.from({ length: 200 }, () => ask(terminals, 'sleep', '600')));
  const made = asked.filter((id) => id !== null);
  is(made.length, 32);
  is(processes().length, 32);
  is(await ask(terminals, '/nowhere/to/be/found'), null);
  const [first = ''] = made;
  await terminals.perform({ kind: 'terminal_release', terminalId: first });
  is(await ask(terminals, '/nowhere/to/be/found'), null, 'what could not be started takes no room');
  ok(await ask(terminals, 'sleep', '600'));
  is(await ask(terminals, 'sleep', '600'), null);
  terminals.close();
  await gone('their processes', processes);
});

test('[law 13] what is being started while the terminals are closed ends with them, and none is started after', async () => {
  const { terminals, processes } = createMarked();
  const asked = [1, 2, 3].map(() => ask(terminals, 'sleep', '600'));
  terminals.close();
  asked.push(ask(terminals, 'sleep', '600'));
  equal(await Promise.all(asked), [null, null, null, null]);
  await gone('their processes', processes);
});

/** A terminal that runs a line of shell to its end, and what is shown of it. */
const run = async (line: string, outputByteLimit: number) => {
  const terminals = createTerminals({ environment: { PATH: process.env.PATH ?? '' }, mark: 'test' });
  const created = await terminals.perform({
    kind: 'terminal_create',
    command: line,
    arguments: [],
    environment: {},
    folder: '/',
    outputByteLimit,
  });
  if (created.kind !== 'terminal_created') throw new Error(`it was answered ${created.kind}`);
  const { terminalId } = created;
  equal(await terminals.perform({ kind: 'terminal_wait', terminalId }), {
    kind: 'terminal_exited',
    exit: { exitCode: 0, signal: null },
  });
  const shown = await terminals.perform({ kind: 'terminal_output', terminalId });
  if (shown.kind !== 'terminal_output') throw new Error(`it was answered ${shown.kind}`);
  return shown;
};

test('of a long output the end is shown, as much as was asked for, and that something is missing', async () => {
  const whole = await run('seq 1 300000', 8_000_000);
  equal([whole.truncated, whole.output.length], [false, 1_988_895]);
  const cut = await run('seq 1 300000', 100_001);
  equal([cut.truncated, cut.output.length], [true, 100_001]);
  is(cut.output, whole.output.slice(-100_001));
  const short = await run('echo one; echo two >&2', 8);
  equal([short.truncated, short.output.length], [false, 8]);
});

test('a stream that nobody holds back is read whole, with a rest after each burst, and no more while it is held', async () => {
  const stream = new PassThrough({ highWaterMark: 64 * 1_024 });
  let heard = 0;
  let rests = 0;
  stream.on('pause', () => (rests += 1));
  const valve = readGently(stream, (bytes) => (heard += bytes.byteLength));
  const megabyte = Buffer.alloc(1_024 * 1_024);
  for (let index = 0; index < 5; index += 1) stream.write(megabyte);
  stream.end();
  await until('some of it was heard', () => heard > 0);
  valve.hold();
  const before = heard;
  await aWhile(50);
  is(heard, before);
  valve.release();
  await until('all of it was heard', () => heard === 5 * megabyte.byteLength);
  ok(rests >= 4, `it rested ${rests} times`);
});

test.run();
