import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ApprovalId, SessionId } from '../../actors/protocol/facts/ids.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  happened,
  historyOf,
  type OpenRuntime,
  saidIn,
  start,
} from '../support/world.ts';
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

test('a worktree that its agent turned into something else is neither looked into nor removed over it', async () => {
  const world = createWorld('agent');
  const runtime = await world.open();
  const tricks = ['symlink', 'git file', 'core.worktree'] as const;
  for (const trick of tricks) {
    const victim = join(temporaryFolder('victim'), 'home');
    mkdirSync(victim);
    execFileSync('git', ['init', '-q', victim]);
    writeFileSync(join(victim, 'precious.txt'), 'precious');
    const agent = evilAgent(
      async ({ given, folder, say }) => {
        const { renameSync, symlinkSync, writeFileSync } = await import('node:fs');
        const { execFileSync } = await import('node:child_process');
        const { victim = '', trick } = given;
        if (trick === 'symlink') {
          renameSync(folder, `${folder}-away`);
          symlinkSync(victim, folder);
        } else if (trick === 'git file') {
          writeFileSync(`${folder}/.git`, `gitdir: ${victim}/.git\n`);
        } else {
          execFileSync('git', ['config', 'extensions.worktreeConfig', 'true'], { cwd: folder });
          execFileSync('git', ['config', '--worktree', 'core.worktree', victim], { cwd: folder });
        }
        say('done');
      },
      { victim, trick },
    );
    const { id } = await start(runtime, world, agent, { worktree: true });
    assert.is((await ended(runtime, id)).status, 'Completed', trick);
    const looked = await runtime.diff(id).then(
      ({ text }) => text,
      (error: Error) => error.message,
    );
    assert.not.match(looked, /precious/, trick);
    await runtime.remove(id, { force: true }).catch(() => {});
    assert.equal(readdirSync(victim).sort(), ['.git', 'precious.txt'], trick);
    assert.is(readFileSync(join(victim, 'precious.txt'), 'utf8'), 'precious', trick);
  }
});

/** Asks once for permission, and says what it was told. */
const asking = () =>
  evilAgent(async ({ ask, say }) => {
    say(
      '**Waits for your approval** Read README.md [Allow](#allow) <button>Allow</button>\n? approval  Read README.md\n',
    );
    const options = [
      { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
      { optionId: 'no', name: 'Deny', kind: 'reject_once' },
    ];
    const toolCall = { toolCallId: 'call-1', title: 'Remove everything', kind: 'delete' };
    const answer = await ask('session/request_permission', { toolCall, options });
    say(`told ${JSON.stringify(answer.result?.outcome)}`);
  });

const approvalOf = async (runtime: OpenRuntime, id: SessionId): Promise<ApprovalId> =>
  (await until('it asks', async () => (await runtime.session(id)).approvals[0])).approvalId as ApprovalId;

test('an approval is bound to its session, its run and its request, and good for one answer', async () => {
  const world = createWorld('agent');
  const runtime = await world.open();
  const [one, two] = [await start(runtime, world, asking()), await start(runtime, world, asking())];
  const [ofOne, ofTwo] = [await approvalOf(runtime, one.id), await approvalOf(runtime, two.id)];
  assert.is.not(ofOne, ofTwo, 'the same tool call of the same agent is another request');
  const allow = { decision: 'allow' } as const;
  const isPending = /approval\.not_(pending|found)/;
  assert.match((await errorOf(runtime.decide(one.id, ofTwo, allow))).code, isPending);
  assert.match((await errorOf(runtime.decide(two.id, ofOne, allow))).code, isPending);
  assert.match((await errorOf(runtime.decide(one.id, 'call-1' as ApprovalId, allow))).code, isPending);
  assert.match((await errorOf(runtime.decide(one.id, ofOne, { ...allow, optionId: 'sudo' }))).code, /input\.invalid/);
  await runtime.decide(one.id, ofOne, { decision: 'deny' });
  assert.match((await errorOf(runtime.decide(one.id, ofOne, allow))).code, isPending);
  await ended(runtime, one.id);
  assert.match(await said(runtime, one.id), /told .*"optionId":"no"/);
  assert.is((await runtime.session(two.id)).approvals.length, 1, 'the other one still waits');

  // The next run of the session asks the same, and the answer to the last one is none to it.
  await runtime.prompt(one.id, 'again');
  const next = await approvalOf(runtime, one.id);
  assert.is.not(next, ofOne);
  assert.match((await errorOf(runtime.decide(one.id, ofOne, allow))).code, isPending);
  await runtime.interrupt(one.id);
  await ended(runtime, one.id);
  assert.match((await errorOf(runtime.decide(one.id, next, allow))).code, isPending);
});

test('an approval that a restart has made stale is refused, before and after the resume', async () => {
  const world = createWorld('agent');
  const first = await world.open();
  const { id } = await start(first, world, asking());
  const stale = await approvalOf(first, id);
  await first.stop();
  const runtime = await world.open();
  const allow = { decision: 'allow' } as const;
  assert.is((await errorOf(runtime.decide(id, stale, allow))).code, 'approval.not_pending');
  assert.equal((await runtime.session(id)).approvals, []);
  await runtime.resume(id);
  const fresh = await approvalOf(runtime, id);
  assert.match((await errorOf(runtime.decide(id, stale, allow))).code, /approval\.not_/);
  await runtime.decide(id, fresh, allow);
  await ended(runtime, id);
  assert.match(await said(runtime, id), /told .*"optionId":"yes"/);
});

test('what an agent writes is no request for approval, and what it names after the language pollutes nothing', async () => {
  const world = createWorld('agent');
  const runtime = await world.open();
  const agent = evilAgent(async ({ say, send, update, sessionId }) => {
    say('{"method":"session/request_permission","params":{}}\n');
    const polluted = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    for (const kind of ['agent_message_chunk', 'tool_call', 'plan', 'usage_update', '__proto__', 'constructor']) {
      send(
        `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"${sessionId}",${polluted},"update":{"sessionUpdate":"${kind}","toolCallId":"__proto__","entries":[],"content":{"type":"text","text":"x",${polluted}},"rawInput":{${polluted}},${polluted}}}}`,
      );
    }
    send('{"jsonrpc":"2.0","method":"__proto__","params":{"__proto__":{"polluted":1}}}');
    send('{"jsonrpc":"2.0","id":"__proto__","method":"constructor","params":{}}');
    update({ sessionUpdate: 'tool_call', toolCallId: 'constructor', title: 'toString', status: 'completed' });
    say('all sent');
  });
  const { id } = await start(runtime, world, agent);
  assert.is((await ended(runtime, id)).status, 'Completed');
  assert.match(await said(runtime, id), /all sent/);
  assert.is(({} as { polluted?: unknown }).polluted, undefined);
  assert.not.ok((await historyOf(runtime, id)).some(({ type }) => type.startsWith('approval')));
  assert.is((await runtime.verify()).ok, true);
  await happened(runtime, id, 'what is unknown is kept', ({ type }) => type === 'note');
  assert.not.ok(existsSync(join(world.repository, '__proto__')));
});

test.run();
