/** A move of a branch that is cut short and cannot even be looked at, as on a full disk. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { equal, is, match } from 'uvu/assert';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';
import { closeWorlds, errorOf, git } from '../../../support/world.ts';
import { land, landingWorld, settled, worked } from './landing-world.ts';

const test = suite('a landing on a disk that is full', { timeLimitMs: 120_000 });
const before = process.env.PATH;
test.after(async () => {
  process.env.PATH = before;
  await closeWorlds();
});

/** While the file `full` is there, a fast-forward leaves a file half written and nothing can be hashed. */
const gitOnFullDisk = (): { readonly path: string; readonly makeRoom: () => void } => {
  const folder = temporaryFolder('full-git');
  const full = join(folder, 'full');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(full, '');
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh
if [ -e '${full}' ]; then
  case "$*" in
  *' merge --ff-only '*) printf 'half of' > one.txt; echo 'fatal: No space left on device' >&2; exit 128 ;;
  *' hash-object '*) echo 'fatal: No space left on device' >&2; exit 128 ;;
  esac
fi
exec ${real} "$@"
`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  return { path: `${folder}${delimiter}${process.env.PATH}`, makeRoom: () => rmSync(full) };
};

test('[law 21] what was half done is ended once there is room, and is taken for nobody’s change', async () => {
  const world = landingWorld('full');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': 'half of it, and the rest\n' });
  const disk = gitOnFullDisk();
  process.env.PATH = disk.path;
  await land(runtime, [one]);
  const landingOf = async () => (await runtime.landings()).landings.find(({ session }) => session.id === one.id);
  await until('it waits', async () => (await landingOf())?.state === 'waiting');
  const waiting = await landingOf();
  match(waiting?.words ?? '', /cut short.*No space left/s);
  const { landingId } = (await runtime.work(one.id)).landings.at(-1) ?? {};
  if (landingId === undefined) throw new Error('it is not there');
  is((await errorOf(runtime.withdrawLanding(one.id, landingId))).code, 'landing.refused');
  disk.makeRoom();
  const [landed] = await settled(runtime, [one]);
  is(landed?.state, 'landed', landed?.words ?? '');
  is(readFileSync(join(world.repository, 'one.txt'), 'utf8'), 'half of it, and the rest\n');
  equal(git(world.repository, 'status', '--porcelain'), '');
  await world.close();
});

test.run();
