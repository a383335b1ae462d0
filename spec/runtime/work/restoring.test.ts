/** What is put back, with the runtime, a real agent process and a real git. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { equal, is, match, ok } from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { restoreRequest } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import { holdGit } from '../../support/held-git.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  field,
  git,
  happened,
  historyOf,
  type OpenRuntime,
  saidIn,
  spoke,
  start,
} from '../../support/world.ts';

const test = suite('what is put back', { timeLimitMs: 240_000 });
test.after(closeWorlds);

const world = createWorld('restoring');
const runtime = await world.open();

/** An agent that makes files, changes them in its second turn, and says in its third what it was told. */
const editing = world.script(
  'editing',
  { steps: [{ do: 'edit', path: 'one.txt', text: '1\n2\n3\n4\n5\n6\n7\n8\n' }] },
  { steps: [{ do: 'run', command: 'sed -i s/2/two/ one.txt; echo new > two.txt; rm README.md' }] },
  { steps: [{ do: 'say', text: 'I was told: {{prompt}}', everyMs: 0 }] },
);

const taken = (of: OpenRuntime, id: SessionId, count: number): Promise<unknown> =>
  until(`${count} snapshots are taken`, async () => (await of.work(id)).snapshots.length >= count);

/** A session after two runs: S1 to S4 are taken. */
const afterTwoRuns = async (name: string) => {
  const { id } = await start(runtime, world, editing, { worktree: true, name });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path);
  const path = worktree.path;
  await taken(runtime, id, 2);
  await runtime.prompt(id, 'Change it.');
  await ended(runtime, id);
  await taken(runtime, id, 4);
  return {
    id,
    path,
    read: (file: string): string | null =>
      existsSync(join(path, file)) ? readFileSync(join(path, file), 'utf8') : null,
    write: (file: string, text: string): void => writeFileSync(join(path, file), text),
  };
};

const asked = (request: unknown) => restoreRequest.parse(request);
const beforeRun2 = asked({ to: 'before-run:2', kind: 'undo' });

test('[law 19] a run is undone: what changed since stays, the rest is kept and can be undone again', async () => {
  const { id, read, write } = await afterTwoRuns('undo');
  write('mine.txt', 'mine\n');
  const preview = await runtime.previewRestore(id, beforeRun2);
  equal(
    preview.files.map(({ path, change }) => `${path} ${change}`),
    ['README.md comes_back', 'one.txt changed', 'two.txt goes_away'],
  );
  equal(preview.stays, [{ path: 'mine.txt', why: 'changed_since' }]);
  is(read('two.txt'), 'new\n', 'nothing was changed by looking');
  const undone = await runtime.restore(id, beforeRun2);
  is(undone.files, 3);
  equal([read('two.txt'), read('mine.txt')], [null, 'mine\n']);
  match(read('one.txt') ?? '', /^1\n2\n/);
  ok(read('README.md'));
  const { snapshots, restores } = await runtime.work(id);
  is(restores.at(-1)?.state, 'finished');
  is(snapshots.find(({ snapshot }) => snapshot === undone.kept)?.reason, 'review');
  const again = await runtime.restore(id, asked({ to: undone.kept, kind: 'undo' }));
  is(again.files, 3);
  equal([read('two.txt'), read('README.md')], ['new\n', null]);
  equal(
    (await runtime.restore(id, asked({ to: 'before-run:2', kind: 'undo', paths: ['README.md'] }))).files,
    1,
    'one file alone',
  );
  ok(read('README.md'));
  is(read('two.txt'), 'new\n');
});

test('[law 19] what is discarded is listed, brought back into its session, and as a branch when that is removed', async () => {
  const { id, path, read } = await afterTwoRuns('discard');
  const discard = asked({ to: 3, paths: ['two.txt'], kind: 'discard' });
  const { discarded } = await runtime.restore(id, discard);
  ok(discarded);
  is(read('two.txt'), null);
  const entryOf = async () => (await runtime.discarded()).discarded.find(({ name }) => name === discarded);
  const entry = await entryOf();
  equal([entry?.files, entry?.lines, entry?.sessionName, entry?.isThere], [1, 1, 'discard', true]);
  const back = await runtime.restoreDiscarded(discarded, { into: null });
  ok('session' in back);
  is(back.session, id);
  is(read('two.txt'), 'new\n');
  await runtime.restore(id, discard);
  git(path, 'add', '--all');
  git(path, 'commit', '--quiet', '--message', 'the rest');
  await runtime.remove(id, { force: true });
  git(world.repository, 'gc', '--quiet', '--prune=now');
  is((await entryOf())?.isThere, false);
  const branch = await runtime.restoreDiscarded(discarded, { into: null, branch: 'brought-back' });
  ok('branch' in branch);
  is(git(world.repository, 'show', 'brought-back:two.txt'), 'new');
  is(
    (await errorOf(runtime.restoreDiscarded(discarded, { into: null, branch: 'brought-back' }))).code,
    'worktree.exists',
  );
  await runtime.deleteDiscarded(discarded);
  is(await entryOf(), undefined);
});

test('a change of lines is taken back alone, a run reverted around what was changed since, and a clash refused', async () => {
  const { id, read, write } = await afterTwoRuns('hunks');
  write('one.txt', (read('one.txt') ?? '').replace('7', 'seven'));
  const [start2, end2] = [3, 4];
  await runtime.restore(id, asked({ to: 'before-run:2', kind: 'revert' }));
  equal([read('one.txt'), read('two.txt')], ['1\n2\n3\n4\n5\n6\nseven\n8\n', null]);
  await runtime.restore(id, asked({ to: end2, kind: 'undo' }));
  write('one.txt', (read('one.txt') ?? '').replace('7', 'seven'));
  const hunk = { path: 'one.txt', header: '@@ -7,1 +7,1 @@' };
  await runtime.restore(id, asked({ to: start2, kind: 'discard', hunks: [hunk] }));
  is(read('one.txt'), '1\ntwo\n3\n4\n5\n6\n7\n8\n');
  write('one.txt', 'all is new\n');
  const clash = await errorOf(runtime.restore(id, asked({ to: 'before-run:2', kind: 'revert' })));
  is(clash.code, 'restore.in_the_way');
  is(read('one.txt'), 'all is new\n');
  is(read('two.txt'), 'new\n', 'nothing of it was done');
});

test('[law 18] the agent is told with its next prompt what was done to its tree, once', async () => {
  const { id } = await afterTwoRuns('told');
  await runtime.restore(id, beforeRun2);
  await runtime.prompt(id, 'Go on.');
  await ended(runtime, id);
  const prompt = await happened(runtime, id, 'the prompt', ({ type, run }) => type === 'prompt' && run === 3);
  match(
    String(field(prompt, 'told')),
    /put 3 files back to an earlier state \(snapshot S3\): README.md, one.txt, two.txt/,
  );
  is(field(prompt, 'text'), 'Go on.');
  match(saidIn(await historyOf(runtime, id), 3), /I was told: .*files were changed in your working tree, not by you/s);
  await runtime.prompt(id, 'And on.');
  const next = await happened(runtime, id, 'the next', ({ type, run }) => type === 'prompt' && run === 4);
  is(field(next, 'told'), undefined);
  await ended(runtime, id);
});

test('while an agent works nothing is put back, and what git ignores or nobody has kept is never overwritten', async () => {
  const busy = await start(runtime, world, 'hang', { worktree: true });
  await spoke(runtime, busy.id);
  is((await errorOf(runtime.restore(busy.id, asked({ to: 1, kind: 'undo' })))).code, 'session.busy');
  await runtime.interrupt(busy.id);
  const { id, path, read, write } = await afterTwoRuns('ignored');
  rmSync(join(path, 'two.txt'));
  await runtime.restore(id, asked({ to: 3, kind: 'undo' }));
  write('.gitignore', 'two.txt\n');
  write('two.txt', 'a secret\n');
  const refused = await errorOf(runtime.restore(id, asked({ to: 4, kind: 'undo' })));
  is(refused.code, 'restore.in_the_way');
  match(refused.message, 'two.txt');
  is(read('two.txt'), 'a secret\n');
  is((await errorOf(runtime.restore(id, asked({ to: 99, kind: 'undo' })))).code, 'snapshot.not_found');
  const history = await historyOf(runtime, id);
  const begun = history.filter(({ type }) => type === 'restore_begun').length;
  is(history.filter(({ type }) => type === 'restore_finished' || type === 'restore_abandoned').length, begun);
});

test('[law 19] what is written just when files are put back stays, and nothing else has changed', async () => {
  const { id, read, write } = await afterTwoRuns('late');
  const held = holdGit(['read-tree -m -u']);
  const before = process.env.PATH;
  process.env.PATH = held.path;
  try {
    const restoring = errorOf(runtime.restore(id, beforeRun2));
    await held.stopped();
    write('one.txt', 'saved just now\n');
    held.letGo();
    is((await restoring).code, 'restore.in_the_way');
  } finally {
    process.env.PATH = before;
  }
  equal([read('one.txt'), read('two.txt'), read('README.md')], ['saved just now\n', 'new\n', null]);
  is((await runtime.work(id)).restores.at(-1)?.state, 'abandoned');
  equal(
    (await runtime.discarded()).discarded.filter(({ sessionName }) => sessionName === 'late'),
    [],
  );
  is((await runtime.restore(id, beforeRun2)).files, 3);
});

/** A lock on each ref that a session could keep discarded work by. */
const lockDiscarded = (id: SessionId): void => {
  const folder = join(world.repository, '.git/refs/throughline/discarded');
  for (let snapshot = 1; snapshot < 20; snapshot += 1) {
    writeFileSync(join(folder, `${id.replaceAll('-', '').slice(-6)}-S${snapshot}.lock`), '');
  }
};

test('[law 19] two discards from one snapshot are two; of two at once one is refused; what cannot be kept is not given up', async () => {
  const { id, read, write } = await afterTwoRuns('discards');
  const discard = (path: string) => runtime.restore(id, asked({ to: 3, paths: [path], kind: 'discard' }));
  const first = await discard('two.txt');
  write('two.txt', 'new\n');
  const both = await Promise.allSettled([discard('one.txt'), discard('one.txt')]);
  const [second, ...others] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  ok(second);
  equal(others, []);
  is(second.kept, first.kept, 'the files were as they had been');
  ok(first.discarded && second.discarded && first.discarded !== second.discarded);
  await runtime.restoreDiscarded(second.discarded, { into: null });
  match(read('one.txt') ?? '', /^1\ntwo\n/);
  is(read('two.txt'), 'new\n');

  lockDiscarded(id);
  write('two.txt', 'newer\n');
  is((await errorOf(discard('two.txt'))).code, 'git.failed');
  is(read('two.txt'), 'newer\n');
  is((await runtime.work(id)).restores.at(-1)?.state, 'abandoned', 'nothing is left to be finished at the next start');
});

test('[law 19] property: undone and put back again, the tree is what it was, whatever the person did', async () => {
  const { id, path, write } = await afterTwoRuns('property');
  const file = fc.constantFrom('one.txt', 'two.txt', 'README.md', 'source/greet.js', 'neu ä.txt');
  const text = fc.constantFrom('', 'a\n', 'b\r\n', 'no end', '\0');
  const edits = fc.array(fc.tuple(file, fc.option(text)), { maxLength: 4 });
  const snapshot = fc.integer({ min: 1, max: 4 });
  const treeNow = async (): Promise<string> => {
    const { kept } = await runtime.previewRestore(id, asked({ to: 1, kind: 'undo' }));
    return (await runtime.work(id)).snapshots.find((each) => each.snapshot === kept)?.tree ?? '';
  };
  await fc.assert(
    fc.asyncProperty(edits, snapshot, fc.boolean(), async (made, to, isRun) => {
      for (const [name, content] of made) {
        if (content === null) rmSync(join(path, name), { force: true });
        else if (existsSync(join(path, name, '..'))) write(name, content);
      }
      const before = await treeNow();
      const staged = git(path, 'ls-files', '--stage');
      const { kept, files } = await runtime.restore(
        id,
        asked(isRun ? { to: `before-run:${Math.ceil(to / 2)}`, kind: 'undo', all: true } : { to, kind: 'undo' }),
      );
      if (files > 0) await runtime.restore(id, asked({ to: kept, kind: 'undo' }));
      is(await treeNow(), before);
      is(git(path, 'ls-files', '--stage'), staged);
    }),
    { numRuns: 8 },
  );
  is((await runtime.verify()).ok, true);
});

test.run();
