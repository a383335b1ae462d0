import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { live } from './recordings.ts';
import { answerTo, quiet, type World, worldInTurn } from './world.ts';

const test = suite('files that agents write');

const diffsIn = (world: World) =>
  world.facts(1).flatMap((next) => (next.type === 'tool_result' ? (next.payload.diffs ?? []) : []));

const write = async (world: World, id: number, path: string, content: string): Promise<void> => {
  world.agent.say({ id, method: 'fs/write_text_file', params: { sessionId: 'conversation-1', path, content } });
  await until('it is written', () => answerTo(world, id));
};

test('[law 16] what an agent writes through us with no call under way is a call of its own, with its diff', async () => {
  const folder = temporaryFolder('written');
  const world = await worldInTurn({ folder });
  const path = join(folder, 'a.txt');
  await write(world, 1, path, 'one\n');
  await write(world, 2, path, 'two\n');
  await quiet();
  const told = world.typesOf().filter((type) => type.startsWith('tool_'));
  equal(told, ['tool_call', 'tool_result', 'tool_call', 'tool_result']);
  equal(diffsIn(world), [
    { path, oldText: null, newText: { text: 'one\n' } },
    { path, oldText: { text: 'one\n' }, newText: { text: 'two\n' } },
  ]);
  const ids = world.facts().flatMap((next) => (next.type === 'tool_call' ? [next.payload.toolCallId] : []));
  is(new Set(ids).size, 2);
});

test('an edit that opencode writes through us and tells in its own call is one diff', async () => {
  const folder = temporaryFolder('written-opencode');
  const { world } = await live('opencode-1.18.33.announced', {
    folder,
    change: (text) => text.replaceAll('"/repo', `"${folder}`),
  });
  is(readFileSync(join(folder, 'edited.txt'), 'utf8'), 'Written by a real agent into edited.txt.\n');
  equal(
    diffsIn(world).map(({ path }) => path),
    [join(folder, 'edited.txt')],
  );
  equal(
    world.facts(1).filter((next) => next.type === 'tool_call' && /^Write/u.test(next.payload.title ?? '')),
    [],
    'it has no call of ours beside its own',
  );
});

test('gemini makes a file: it reads it first, and is told that it is empty', async () => {
  const folder = temporaryFolder('written-gemini');
  const world = await worldInTurn({ folder, agentCommand: 'gemini --acp' });
  const path = join(folder, 'hello.txt');
  const params = { sessionId: 'conversation-1', path };
  world.agent.say({ id: 1, method: 'fs/read_text_file', params });
  equal(await until('it is answered', () => answerTo(world, 1)), { jsonrpc: '2.0', id: 1, result: { content: '' } });
  await write(world, 2, path, 'hello\n');
  is(readFileSync(path, 'utf8'), 'hello\n');
  equal([world.notes('client_request_failed').length, world.notes('file_missing').length], [0, 1]);
});

test.run();
