import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { equal, is, ok } from 'uvu/assert';
import { readGently } from '../../../runtime/processes/read-gently.ts';
import { createTerminals } from '../../../runtime/sessions/terminals.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { aWhile, closeWorlds, createWorld, ended, gone, spoke, start } from '../../support/world.ts';

const test = suite('terminals');
test.after(closeWorlds);

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
