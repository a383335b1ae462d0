import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, match, not } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWorlds, createWorld, ended, errorOf, field, historyOf, start } from '../../support/world.ts';

const test = suite('a fork from an event', { timeLimitMs: 60_000 });
test.after(closeWorlds);

test('it has the files of the last snapshot before that event, and is told what was said up to there', async () => {
  const world = createWorld('fork-event');
  const runtime = await world.open();
  const script = world.script(
    'forked',
    {
      steps: [
        { do: 'edit', path: 'one.txt', text: 'one\n' },
        { do: 'say', text: 'The first is there.' },
      ],
    },
    {
      steps: [
        { do: 'say', text: 'Now the second.' },
        { do: 'edit', path: 'two.txt', text: 'two\n' },
      ],
    },
  );
  const { id } = await start(runtime, world, script, { worktree: true, prompt: 'Write one.' });
  await ended(runtime, id);
  await runtime.prompt(id, 'Write two.');
  await ended(runtime, id);
  await until('both runs are kept', async () => (await runtime.work(id)).snapshots.length === 4);
  const edit = (await historyOf(runtime, id)).find(({ run, type }) => run === 2 && type === 'tool_call');
  for (const forkAt of [{ position: edit?.position ?? 0 }, { run: 2, seq: edit?.seq ?? 0 }]) {
    const forked = await start(runtime, world, script, { worktree: true, forkOf: id, forkAt, prompt: 'Another way.' });
    const path = (await ended(runtime, forked.id)).worktree.path ?? '';
    is(readFileSync(join(path, 'one.txt'), 'utf8'), 'one\n');
    not.ok(existsSync(join(path, 'two.txt')));
    const recap = (await historyOf(runtime, forked.id)).find(({ type }) => type === 'recap');
    const text = JSON.stringify(field(recap, 'text'));
    match(text, /Write two\./);
    match(text, /Now the second\./);
    not.match(text, /two\.txt/);
  }
  const forkAt = { run: 2, seq: 999 };
  const refused = start(runtime, world, script, { worktree: true, forkOf: id, forkAt, prompt: 'x' });
  is((await errorOf(refused)).code, 'snapshot.not_found');
});

test.run();
