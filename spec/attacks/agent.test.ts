import { linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { closeWorlds, createWorld, ended, historyOf, type OpenRuntime, saidIn, start } from '../support/world.ts';
import { evilAgent } from './support/evil-agent.ts';

const test = suite('attacks by an agent', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const said = async (runtime: OpenRuntime, id: string): Promise<string> => saidIn(await historyOf(runtime, id));

/** A folder with a secret that is no agent's business. */
const outside = (): { readonly folder: string; readonly secret: string } => {
  const folder = temporaryFolder('outside');
  writeFileSync(join(folder, 'secret.txt'), 'the secret of the house');
  return { folder, secret: 'the secret of the house' };
};

test('files and terminals outside of the worktree are refused, on every way out', async () => {
  const world = createWorld('agent');
  const runtime = await world.open();
  const { folder, secret } = outside();
  const agent = evilAgent(
    async ({ given, folder, ask, say }) => {
      const { symlinkSync } = await import('node:fs');
      const { outside = '' } = given;
      symlinkSync(outside, `${folder}/way-out`);
      symlinkSync(`${outside}/secret.txt`, `${folder}/file-out`);
      symlinkSync(`${outside}/made.txt`, `${folder}/nowhere-yet`);
      const up = '../'.repeat(20);
      const paths = [
        `${outside}/secret.txt`,
        `${folder}/${up}${outside}/secret.txt`,
        `${folder}/way-out/secret.txt`,
        `${folder}/file-out`,
        `${folder}/./x/../way-out/secret.txt`,
        `${folder}/.git`,
        `${folder}\0/secret.txt`,
        `file://${outside}/secret.txt`,
        '/proc/self/environ',
        `/proc/self/root${outside}/secret.txt`,
      ];
      const answers: string[] = [];
      for (const path of paths) {
        const read = await ask('fs/read_text_file', { path });
        const written = await ask('fs/write_text_file', { path, content: 'owned' });
        answers.push(
          `${read.error === undefined ? 'READ' : 'no'} ${written.error === undefined ? 'WROTE' : 'no'} ${path}`,
        );
      }
      const made = await ask('fs/write_text_file', { path: `${folder}/nowhere-yet`, content: 'owned' });
      answers.push(`no ${made.error === undefined ? 'WROTE' : 'no'} nowhere-yet`);
      for (const cwd of [outside, `${folder}/way-out`, `${folder}/..`, '/', `${folder}/../..`]) {
        const created = await ask('terminal/create', { command: 'pwd', cwd });
        answers.push(`no ${created.error === undefined ? 'RAN' : 'no'} in ${cwd}`);
      }
      say(answers.join('\n'));
    },
    { outside: folder },
  );
  const { id } = await start(runtime, world, agent, { worktree: true });
  assert.is((await ended(runtime, id)).status, 'Completed');
  const answers = (await said(runtime, id)).split('\n');
  // A path that begins with `file:` is one below the worktree, where it may be written.
  const got = answers.filter((line) => !line.startsWith('no no') && !line.includes('file:'));
  assert.equal(got, []);
  assert.is(answers.length, 16);
  assert.equal(readdirSync(folder), ['secret.txt']);
  assert.is(readFileSync(join(folder, 'secret.txt'), 'utf8'), secret);
});

test('a folder that is exchanged for a symlink over and over is never left by a read or a write', async () => {
  const world = createWorld('agent');
  const runtime = await world.open();
  const { folder, secret } = outside();
  const agent = evilAgent(
    async ({ given, folder, ask, say }) => {
      const { spawn } = await import('node:child_process');
      const { mkdirSync, writeFileSync } = await import('node:fs');
      mkdirSync(`${folder}/plain`);
      writeFileSync(`${folder}/plain/secret.txt`, 'mine');
      // One process does nothing but exchange the two, without a moment between (RENAME_EXCHANGE would need a helper).
      const swap = `const fs=require('fs');const[f,o]=process.argv.slice(1);for(;;){try{fs.renameSync(f+'/plain',f+'/kept')}catch{}try{fs.symlinkSync(o,f+'/plain')}catch{}try{fs.unlinkSync(f+'/plain')}catch{}try{fs.renameSync(f+'/kept',f+'/plain')}catch{}}`;
      const swapper = spawn(process.execPath, ['-e', swap, folder, given.outside ?? '']);
      let leaked = 0;
      let mine = 0;
      let wrote = 0;
      const path = `${folder}/plain/secret.txt`;
      const until = Date.now() + 8_000;
      for (let count = 0; Date.now() < until; count += 1) {
        const read = await ask('fs/read_text_file', { path });
        const content = String(read.result?.content ?? '');
        if (content.includes('house')) leaked += 1;
        else if (read.error === undefined) mine += 1;
        const written = await ask('fs/write_text_file', { path, content: `owned ${count}` });
        if (written.error === undefined) wrote += 1;
        await ask('fs/write_text_file', { path: `${folder}/plain/new-${count % 5}.txt`, content: 'owned' });
      }
      swapper.kill('SIGKILL');
      say(JSON.stringify({ leaked, mine, wrote }));
    },
    { outside: folder },
  );
  const { id } = await start(runtime, world, agent, { worktree: true });
  assert.is((await ended(runtime, id)).status, 'Completed');
  const { leaked, mine, wrote } = JSON.parse(await said(runtime, id)) as Record<string, number>;
  assert.is(leaked, 0);
  assert.ok((mine ?? 0) > 0 && (wrote ?? 0) > 0, 'the race was run');
  assert.equal(readdirSync(folder), ['secret.txt']);
  assert.is(readFileSync(join(folder, 'secret.txt'), 'utf8'), secret);
});

test('a hard link is the file itself: only who could reach that can have made it', async () => {
  const world = createWorld('agent');
  const runtime = await world.open();
  const shared = join(world.repository, 'shared.txt');
  writeFileSync(join(world.repository, 'one.txt'), 'one');
  linkSync(join(world.repository, 'one.txt'), shared);
  const agent = evilAgent(async ({ folder, ask, say }) => {
    const read = await ask('fs/read_text_file', { path: `${folder}/shared.txt` });
    say(String(read.result?.content));
  });
  const { id } = await start(runtime, world, agent);
  await ended(runtime, id);
  assert.is(await said(runtime, id), 'one');
});

test.run();
