import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { equal, is, ok } from 'uvu/assert';
import { asThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { dataDirectoryIdOf, openDataDirectory } from '../../../runtime/data/data-directory.ts';
import { markOf } from '../../../runtime/processes/orphans.ts';
import { readGently } from '../../../runtime/processes/read-gently.ts';
import type { TerminalNews } from '../../../runtime/sessions/terminal-report.ts';
import { createTerminals, type Terminals } from '../../../runtime/sessions/terminals.ts';
import { marked } from '../../support/marked-processes.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { aWhile, closeWorlds, createWorld, ended, errorOf, gone, spoke, start } from '../../support/world.ts';

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
  const news: TerminalNews[] = [];
  const terminals = createTerminals({
    environment: { PATH: process.env.PATH ?? '' },
    mark,
    maxStoredTextBytes: 1_000,
    tell: (next) => news.push(next),
  });
  opened.push(terminals);
  return { terminals, news, processes: () => marked(directory.root) };
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
  const { terminals } = createMarked();
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

/** What a request of this kind is answered. */
const answer = async (terminals: Terminals, kind: 'terminal_output' | 'terminal_wait', terminalId: string) => {
  const reply = await terminals.perform({ kind, terminalId });
  if (reply.kind !== 'terminal_output' && reply.kind !== 'terminal_exited') throw new Error(`it was ${reply.kind}`);
  return reply;
};

test('a command ends when its process ends, with what it said, though what it left holds its pipes', async () => {
  const { terminals, news, processes } = createMarked();
  const id = (await ask(terminals, 'sh', '-c', 'sleep 600 & echo started; exit 3')) ?? '';
  const exit = { exitCode: 3, signal: null };
  equal(await answer(terminals, 'terminal_wait', id), { kind: 'terminal_exited', exit });
  equal(await answer(terminals, 'terminal_output', id), {
    kind: 'terminal_output',
    output: 'started\n',
    truncated: false,
    exit,
  });
  equal(news.at(-1), { kind: 'terminal_ended', terminalId: id, exit, output: { text: 'started\n' } });
  is(processes().length, 1, 'what it left runs on');
  await terminals.perform({ kind: 'terminal_release', terminalId: id });
  await gone('what it left', processes);
});

test('[law 13] what a command left in its group ends with a kill, which is answered when it is gone', async () => {
  const { terminals, processes } = createMarked();
  const left = (await ask(terminals, 'sh', '-c', 'sleep 600 & exit 0')) ?? '';
  await answer(terminals, 'terminal_wait', left);
  const running = (await ask(terminals, 'sh', '-c', 'trap "" TERM; sleep 600; sleep 600')) ?? '';
  await until('both run', () => processes().length === 3);
  await terminals.perform({ kind: 'terminal_kill', terminalId: left });
  is(processes().length, 2);
  await terminals.perform({ kind: 'terminal_kill', terminalId: running });
  equal(processes(), []);
  const { exit } = await answer(terminals, 'terminal_output', running);
  equal(exit, { exitCode: null, signal: 'SIGKILL' });
});

test('[law 13] what a command left ends with its session', async () => {
  const { terminals, processes } = createMarked();
  const id = (await ask(terminals, 'sh', '-c', 'sleep 600 & exit 0')) ?? '';
  await answer(terminals, 'terminal_wait', id);
  is(processes().length, 1);
  terminals.close();
  await gone('what it left', processes);
});

test('arguments reach a command as they are, and a program may have spaces in its path', async () => {
  const { terminals, news } = createMarked();
  const id = (await ask(terminals, 'printf', '[%s]', 'two words', '$HOME', '', '*', "it's")) ?? '';
  await answer(terminals, 'terminal_wait', id);
  equal(await outputOf(terminals, id), "[two words][$HOME][][*][it's]");
  const program = join(temporaryFolder('a program'), 'say it.sh');
  writeFileSync(program, '#!/bin/sh\necho said\n', { mode: 0o755 });
  const spaced = (await ask(terminals, program)) ?? '';
  await answer(terminals, 'terminal_wait', spaced);
  is(await outputOf(terminals, spaced), 'said\n');
  is(news.filter(({ kind }) => kind === 'terminal_ended').length, 2);
});

const outputOf = async (terminals: Terminals, id: string): Promise<string> => {
  const reply = await answer(terminals, 'terminal_output', id);
  return reply.kind === 'terminal_output' ? reply.output : '';
};

test('the terminal that is one too many is refused in clear words', async () => {
  const { terminals } = createMarked();
  for (let n = 0; n < 32; n += 1) ok(await ask(terminals, 'true'));
  const refused = terminals.perform({
    kind: 'terminal_create',
    command: 'true',
    arguments: [],
    environment: {},
    folder: '/',
    outputByteLimit: 1,
  });
  is((await errorOf(refused)).message, 'there are 32 terminals already: release one to have another');
});

test('[law 12] a flood of a terminal is told as two bounded texts, however much it is', async () => {
  const { terminals, news } = createMarked();
  const id = (await ask(terminals, 'sh', '-c', 'yes | head -c 3000000')) ?? '';
  await answer(terminals, 'terminal_wait', id);
  const live = news.flatMap((next) => (next.kind === 'terminal_output' ? [next.text] : []));
  is(live.join(''), 'y\n'.repeat(500), 'of its beginning as much as the log keeps of a text');
  const end = news.at(-1);
  ok(end?.kind === 'terminal_ended' && end.output !== null);
  is(end.output.truncated?.bytes, 3_000_000);
  ok(end.output.text.length < 1_100, `the end has ${end.output.text.length} characters`);
});

test('what a terminal says is told live, and a character that comes in two pieces is one', async () => {
  const { terminals, news } = createMarked();
  const folder = temporaryFolder('terminal-live');
  const line = `printf 'caf\\303'; until [ -e ${folder}/go ]; do sleep 0.01; done; printf '\\251 \\377'`;
  const id = (await ask(terminals, 'sh', '-c', line)) ?? '';
  await until('its beginning is told', () => news.length > 0);
  equal(news, [{ kind: 'terminal_output', terminalId: id, text: 'caf' }]);
  writeFileSync(join(folder, 'go'), '');
  await answer(terminals, 'terminal_wait', id);
  const live = news.flatMap((next) => (next.kind === 'terminal_output' ? [next.text] : []));
  is(live.join(''), 'café \ufffd');
  const exit = { exitCode: 0, signal: null };
  equal(news.at(-1), { kind: 'terminal_ended', terminalId: id, exit, output: { text: 'café \ufffd' } });
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
