import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, not } from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, ended, errorOf, field, historyOf, start, type World } from '../support/world.ts';

const test = suite('what is given with a prompt', { timeLimitMs: 120_000 });
test.after(closeWorlds);

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const image = { type: 'image', mimeType: 'image/png', data: pixel } as const;

const echo = (world: World): string =>
  world.script('echo', { steps: [{ do: 'say', text: 'I was told: {{prompt}}', everyMs: 0 }] });

const said = (events: Awaited<ReturnType<typeof historyOf>>, run: number): string =>
  events
    .filter((event) => event.type === 'message' && event.run === run)
    .map((event) => field(event, 'text'))
    .join('');

test('images and files reach the agent, and stand with the prompt in the log', async () => {
  const world = createWorld('parts');
  const runtime = await world.open();
  const file = { type: 'file', path: 'README.md' } as const;
  const { id } = await start(runtime, world, echo(world), { parts: [image, file], worktree: true });
  is((await ended(runtime, id)).status, 'Completed');
  await runtime.prompt(id, 'And again', [image]);
  is((await ended(runtime, id)).status, 'Completed');
  const events = await historyOf(runtime, id);
  match(said(events, 1), '[image image/png 70 bytes]');
  match(said(events, 1), /\[resource file:\/\/.*README\.md: /);
  match(said(events, 2), '[image image/png 70 bytes]');
  const [first] = events.filter(({ type }) => type === 'prompt');
  const parts = field(first, 'parts') as readonly Record<string, unknown>[];
  equal(
    parts.map(({ type }) => type),
    ['image', 'link'],
  );
  is(parts[0]?.data, pixel);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('what is no image is refused before there is a session, and a file outside fails the run unread', async () => {
  const world = createWorld('parts-refused');
  const runtime = await world.open();
  const svg = { ...image, data: Buffer.from('<svg onload=alert(1)>').toString('base64') };
  is((await errorOf(start(runtime, world, echo(world), { parts: [svg] }))).code, 'input.invalid');
  equal((await runtime.dashboard()).rows, []);

  writeFileSync(join(world.repository, '..', 'secret.txt'), 'the secret of it');
  symlinkSync(join(world.repository, '..', 'secret.txt'), join(world.repository, 'innocent.txt'));
  const { id } = await start(runtime, world, echo(world), { parts: [{ type: 'file', path: 'innocent.txt' }] });
  const row = await ended(runtime, id);
  is(row.status, 'Failed');
  const history = JSON.stringify(await historyOf(runtime, id));
  match(history, "innocent.txt is outside of the session's worktree");
  not.match(history, 'the secret of it');
  await world.close();
});

test('the files of a session are completed: new ones too, ignored ones and those outside not', async () => {
  const world = createWorld('parts-files');
  const runtime = await world.open();
  const edits = world.script('edits', {
    steps: [
      { do: 'edit', path: 'src/brand-new.ts', append: 'export {};\n' },
      { do: 'edit', path: '.gitignore', append: '*.ignored\n' },
      { do: 'edit', path: 'a.ignored', append: 'x\n' },
    ],
  });
  const { id } = await start(runtime, world, edits, { worktree: true });
  is((await ended(runtime, id)).status, 'Completed');
  equal(await runtime.files(id, 'brand'), ['src/brand-new.ts']);
  is((await runtime.files(id, 'READ'))[0], 'README.md');
  equal(await runtime.files(id, 'ignored'), []);
  equal(await runtime.files(id, '../'), []);
  await world.close();
});

test.run();
