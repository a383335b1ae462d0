import { equal, is, match } from 'uvu/assert';
import {
  asCommit,
  deleteDiscarded,
  keepDiscarded,
  listDiscarded,
} from '../../../../runtime/git/snapshots/discarded.ts';
import { suite } from '../../../support/suite.ts';
import { git, write } from '../git-world.ts';
import { snapshotWorld } from './snapshot-world.ts';

const test = suite('discarded work');

const facts = {
  session: '01890a5d-ac96-774b-bcce-b302099a8057',
  sessionName: 'Tests\nfor cart',
  snapshot: 7,
  kind: 'undo',
  words: 'before undo of run 3',
  files: 1,
  lines: 1,
};

test('[law 19] is kept through gc, listed, seen by nobody else, and a commit when somebody wants one', async () => {
  const world = await snapshotWorld();
  const { tree: after, head } = await world.take();
  write(world.path, 'work.txt', 'work\n');
  const { tree: before } = await world.take();
  const { repository } = world;
  const options = { repository, before, after, now: 1_790_000_000_000, facts: { ...facts, head } };
  const name = await keepDiscarded(options);
  is(await keepDiscarded(options), name, 'kept twice it is there once');
  git(world.root, 'gc', '--quiet', '--prune=now');
  const [kept, ...others] = await listDiscarded(repository);
  equal(others, []);
  is(kept?.name, '9a8057-S7');
  equal([kept?.before, kept?.after, kept?.at], [before, after, 1_790_000_000_000]);
  is(kept?.subject, 'before undo of run 3, of Tests for cart');
  is(kept?.facts?.sessionName, 'Tests\nfor cart');
  for (const argv of [
    ['log', '--all', '--format=%s'],
    ['tag', '--list'],
    ['branch', '--all'],
  ]) {
    is(git(world.root, ...argv).includes('undo'), false, argv.join(' '));
  }
  if (kept === undefined) throw new Error('nothing is kept');
  const commit = await asCommit(repository, kept);
  is(git(world.root, 'show', `${commit}:work.txt`), 'work');
  is(git(world.root, 'rev-parse', `${commit}^`), head);
  await deleteDiscarded(repository, kept);
  equal(await listDiscarded(repository), []);
});

test('what was parked of a removed worktree is listed beside it', async () => {
  const world = await snapshotWorld();
  write(world.path, 'work.txt', 'work\n');
  git(world.path, 'add', '.');
  git(world.path, 'commit', '--quiet', '--message', 'Uncommitted work of one');
  const commit = git(world.path, 'rev-parse', 'HEAD');
  git(world.root, 'update-ref', 'refs/throughline/parked/one-20260101T000000Z', commit);
  const [kept] = await listDiscarded(world.repository);
  is(kept?.facts, null);
  equal([kept?.name, kept?.id, kept?.subject], ['one-20260101T000000Z', commit, 'Uncommitted work of one']);
  is(kept?.after, git(world.root, 'rev-parse', `${world.base}^{tree}`));
  match(git(world.root, 'show', `${kept?.before}:work.txt`), 'work');
});

test.run();
