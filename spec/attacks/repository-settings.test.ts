import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { throughline } from '../runtime/cli/support/throughline.ts';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, git } from '../support/world.ts';

const test = suite('settings for agents that a repository brings');
test.after(closeWorlds);

test('they are named before the first run in a repository, and not again', async () => {
  const world = createWorld('settings');
  const { run } = throughline(['dist/throughline.js'], world.directory.root);
  const start = () => run('run', 'x', '--repo', world.repository, '--agent', 'rehearsal:quick', '--wait');
  mkdirSync(join(world.repository, '.claude'));
  writeFileSync(join(world.repository, '.claude/settings.json'), '{"hooks":{}}');
  git(world.repository, 'add', '--all');
  git(world.repository, 'commit', '--quiet', '--message', 'settings');
  // In the commit that a worktree is made from, though not in the folder any more; and the other way round.
  rmSync(join(world.repository, '.claude'), { recursive: true });
  writeFileSync(join(world.repository, 'opencode.json'), '{}');
  const first = await start();
  assert.is(first.code, 0, first.stderr);
  assert.match(
    first.stderr,
    /^Note: this repository brings settings for agents.*: \.claude\/settings\.json, opencode\.json\./,
  );
  assert.is((await start()).stderr, '');
});

test('a repository without any is not talked about', async () => {
  const world = createWorld('settings');
  const { run } = throughline(['dist/throughline.js'], world.directory.root);
  const { code, stderr } = await run('run', 'x', '--repo', world.repository, '--agent', 'rehearsal:quick', '--wait');
  assert.equal([code, stderr], [0, '']);
});

test.run();
