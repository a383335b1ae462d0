import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, not, ok } from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { AgentLaunch } from '../../../runtime/agents/find-agent.ts';
import { openLog } from '../../../runtime/data/log.ts';
import { openRuntime } from '../../../runtime/open-runtime.ts';
import { openDebugWire } from '../../../runtime/sessions/debug-wire.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { closeWorlds, createWorld, ended, errorOf, request } from '../../support/world.ts';

const test = suite('what agents say and hear, written down', { timeLimitMs: 120_000 });
test.after(closeWorlds);

type Line = { at: string; session: string; direction: string; line: string; bytes?: number };
const linesOf = (path: string): readonly Line[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

const log = openLog({ path: null });
const launch: AgentLaunch = {
  name: 'mine',
  command: '/bin/mine',
  arguments: [],
  environment: { MY_API_KEY: 'key-of-the-agent' },
  defaults: {},
  protocol: 1,
};
const session = 'session-1' as SessionId;

test('each line of both sides is there with its session, for the owner alone, without what is secret', async () => {
  const world = createWorld('debug-wire');
  const path = join(temporaryFolder('wire'), 'wire.jsonl');
  writeFileSync(path, '');
  chmodSync(path, 0o644);
  const { runtime, close } = await openRuntime({ dataDirectory: world.directory.root, port: null, debugWire: path });
  const env = { PLAIN: 'very "secret" value', WORD: 'Bearer word-of-a-server' };
  const { id } = await runtime.startSession(
    request(world, 'quick', {
      prompt: 'Say key sk-0123456789abcdef0123 and word-of-a-server.',
      mcpServers: [{ type: 'stdio', name: 'tools', command: process.execPath, args: [], env }],
    }),
  );
  await ended(runtime, id);
  await close();

  is(statSync(path).mode & 0o777, 0o600);
  const lines = linesOf(path);
  for (const line of lines) is(line.session, id);
  const methods = (direction: string) =>
    lines
      .filter((line) => line.direction === direction)
      .map(({ line }) => (JSON.parse(line) as { method?: string }).method ?? 'answer');
  const toAgent = methods('to agent');
  for (const method of ['initialize', 'session/new', 'session/prompt']) ok(toAgent.includes(method), method);
  const fromAgent = methods('from agent');
  for (const method of ['answer', 'session/update']) ok(fromAgent.includes(method), method);
  const text = readFileSync(path, 'utf8');
  for (const secret of ['very \\', 'word-of-a-server', 'sk-0123456789']) not.match(text, secret);
  match(text, '[redacted]');
});

test('nothing is written where nobody asked for it, and a file that cannot be written is refused', async () => {
  const world = createWorld('no-wire');
  const folder = temporaryFolder('wire');
  const error = await errorOf(
    openRuntime({ dataDirectory: world.directory.root, port: null, debugWire: join(folder, 'missing', 'wire') }),
  );
  is(error.code, 'input.invalid');
  const runtime = await world.open();
  const { id } = await runtime.startSession(request(world, 'quick'));
  is((await ended(runtime, id)).status, 'Completed');
});

test('lines are whole however they come, one that is too long is kept by its beginning, the last one also without its end', () => {
  const path = join(temporaryFolder('wire'), 'wire.jsonl');
  const wire = openDebugWire(path, { secrets: [], log });
  const its = wire.session(session, launch, []);
  its.fromAgent(Buffer.from('{"id":1,"key":"key-of-'));
  its.fromAgent(Buffer.from(`the-agent"}\n${'x'.repeat(2 * 1024 * 1024)}\nlast words`));
  its.toAgent('{"id":2}\n');
  its.ended();
  wire.close();
  const lines = linesOf(path);
  equal(
    lines.map(({ direction }) => direction),
    ['from agent', 'from agent', 'to agent', 'from agent'],
  );
  is(lines[0]?.line, '{"id":1,"key":"[redacted]"}');
  is(lines[1]?.bytes, 2 * 1024 * 1024);
  is(lines[3]?.line, 'last words');
});

test('the file does not grow for ever', () => {
  const path = join(temporaryFolder('wire'), 'wire.jsonl');
  const wire = openDebugWire(path, { secrets: [], log, maxBytes: 10_000 });
  const its = wire.session(session, launch, []);
  for (let count = 0; count < 1_000; count += 1) its.toAgent(`{"id":${count}}\n`);
  wire.close();
  ok(existsSync(`${path}.1`));
  for (const file of [path, `${path}.1`]) {
    ok(statSync(file).size < 11_000);
    is(statSync(file).mode & 0o777, 0o600);
  }
  match(linesOf(path).at(-1)?.line ?? '', '999');
});

test.run();
