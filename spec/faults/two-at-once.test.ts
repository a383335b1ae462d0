/**
 * One data directory, one runtime: whoever else starts on it is refused, whoever comes after a death takes over, and
 * where files cannot be locked nobody starts at all. Real processes of the shipped program.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, match, ok } from 'uvu/assert';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { type DataDirectory, type Owner, openDataDirectory, readOwner } from '../../runtime/data/data-directory.ts';
import { isLocked } from '../../runtime/data/lock.ts';
import { processStartedAt } from '../../runtime/processes/process-start.ts';
import { bundle, throughline } from '../runtime/cli/support/throughline.ts';
import { isAlive } from '../support/marked-processes.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, start } from '../support/world.ts';
import { isLong, say } from './support/form.ts';
import { injectFault, lackOfAttaching } from './support/strace.ts';

const test = suite('two at once on one data directory', { timeLimitMs: (isLong ? 120 : 12) * 60_000 });
test.after(closeWorlds);

const rounds = isLong ? 100 : 10;
const deaths = isLong ? 100 : 20;
const program = fileURLToPath(new URL('../../dist/throughline.js', import.meta.url));

const newDirectory = (): DataDirectory => openDataDirectory(join(temporaryFolder('two-at-once'), 'data'));

type Refusal = { readonly exitCode: string; readonly line: string; readonly code: unknown };

/** What one that did not start said: its exit code, its one line for a person, and the code of its answer in JSON. */
const readRefusal = (error: Error): Refusal => {
  const [, exitCode = '', said = ''] = /^the runtime ended with (\w+): (.*)$/s.exec(error.message) ?? [];
  const lines = said.split('\n');
  const forPeople = lines.filter((line) => !line.startsWith('{'));
  is(forPeople.length, 1, `one line for a person: ${error.message}`);
  const answer = JSON.parse(lines.find((line) => line.startsWith('{')) ?? '{}') as { error?: { code?: unknown } };
  return { exitCode, line: forPeople[0] ?? '', code: answer.error?.code };
};

/** Starts so many in one moment, and gives who serves and what the others were refused with. */
const startTogether = async (directory: DataDirectory, many: number) => {
  const started = await Promise.allSettled(Array.from({ length: many }, () => serve(directory, ['--json'])));
  const serving = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const refused = started.flatMap((outcome) => (outcome.status === 'rejected' ? [readRefusal(outcome.reason)] : []));
  return { serving, refused };
};

const epochsOf = (directory: DataDirectory): number => {
  const database = new Sqlite(directory.database, { readonly: true });
  try {
    return Number(database.prepare('SELECT count(*) FROM epochs').pluck().get());
  } finally {
    database.close();
  }
};

for (const many of [2, 8]) {
  test(`of ${many} that start in one moment one serves, ${rounds} times; the others are refused and name it`, async () => {
    const directory = newDirectory();
    let named = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const where = `round ${round}`;
      const { serving, refused } = await startTogether(directory, many);
      is(serving.length, 1, `${where}: one serves; refused were ${JSON.stringify(refused)}`);
      const [runtime] = serving as [Served];
      for (const { exitCode, line, code } of refused) {
        is(code, 'data.locked', where);
        is(exitCode, '4', where);
        match(line, /^throughline: (a runtime already serves|another runtime is starting on) .+\)$/, where);
        // In the moment in which the lock changes hands nobody has a name.
        const [, pid] = /process (\d+)/.exec(line) ?? [];
        if (pid !== undefined) is(Number(pid), runtime.pid, `${where}: ${line}`);
        named += pid === undefined ? 0 : 1;
      }
      // No other has opened the log, not even for a moment.
      is(epochsOf(directory), round, where);
      ok((await runtime.verify()).ok, where);
      is(readOwner(directory)?.pid, runtime.pid, where);
      if (round % 2 === 0) await runtime.kill();
      else is(await runtime.stop(), 0, where);
    }
    const refusals = rounds * (many - 1);
    if (process.platform === 'linux') ok(named >= 0.9 * refusals, `${named} of ${refusals} named its process`);
    say(
      `two at once: ${rounds} times ${many} starts in one moment: 1 served, ${many - 1} were refused, each time; ${named} of ${refusals} named its process`,
    );
  });
}

/** A journal as SQLite leaves it when its process dies within a transaction: of some other database. */
const strangeJournal = (): Buffer => {
  const path = join(temporaryFolder('journal'), 'strange.db');
  const database = new Sqlite(path);
  database.exec('CREATE TABLE words (word); INSERT INTO words VALUES (randomblob(9000))');
  database.exec('BEGIN; UPDATE words SET word = randomblob(9000)');
  const journal = readFileSync(`${path}-journal`);
  database.close();
  return journal;
};

test(`${deaths} deaths by SIGKILL: the next start takes over each time, whatever the dead one left behind`, async () => {
  const world = createWorld('deaths');
  const { directory } = world;
  const journals = [Buffer.alloc(0), Buffer.from('no journal '.repeat(200)), strangeJournal()];
  let runtime = await serve(directory);
  const { id } = await start(runtime, world, 'quick');
  is((await ended(runtime, id)).status, 'Completed');
  let stale = 0;
  for (let death = 1; death <= deaths; death += 1) {
    const { pid } = runtime;
    await runtime.kill();
    is(readOwner(directory)?.pid, pid, 'the dead one is still named');
    if (isLocked(directory)) stale += 1;
    for (const [path, bytes] of [
      [`${directory.lock}-journal`, journals[death % journals.length]],
      [`${directory.owner}.${pid}.tmp`, Buffer.from('{"pid":')],
      [`${directory.database}.new`, Buffer.from('half of a database')],
    ] as const) {
      writeFileSync(path, bytes ?? Buffer.alloc(0), { mode: 0o600 });
    }
    // The first try counts: one that is refused raises.
    runtime = await serve(directory);
    is(readOwner(directory)?.pid, runtime.pid);
    is(epochsOf(directory), death + 1);
  }
  is(stale, 0);
  is((await runtime.session(id)).status, 'Completed');
  ok((await runtime.verify()).ok);
  is(await runtime.stop(), 0);
  say(
    `two at once: ${deaths} deaths by SIGKILL, files of the dead left behind: ${deaths} starts at once, 0 stale locks`,
  );
});

test('a data directory is deleted under its runtime and begun anew: the old one ends, and leaves the new one alone', async () => {
  const world = createWorld('deleted');
  const { directory } = world;
  const old = await serve(directory);
  const { id } = await start(old, world, 'hang');
  rmSync(directory.root, { recursive: true, maxRetries: 9 });
  const fresh = await serve(directory);
  await until('the old one sees that it serves nothing any more', () => !isAlive(old.pid));
  is(await old.stop(), 1);
  equal(world.agents(id), [], 'its agents went with it');
  is(readOwner(directory)?.pid, fresh.pid);
  const next = await start(fresh, world, 'quick');
  is((await ended(fresh, next.id)).status, 'Completed');
  ok((await fresh.verify()).ok);
  is(await fresh.stop(), 0);
  // What the old one remembered of its log is not laid over the new one.
  const again = await serve(directory);
  equal(
    (await again.dashboard()).rows.map((row) => row.id),
    [next.id],
  );
  is(await again.stop(), 0);
});

const strangers = new Set<ChildProcess>();
process.prependListener('exit', () => {
  for (const stranger of strangers) stranger.kill('SIGKILL');
});

/** A process that has nothing to do with us; any signal would end it. */
const startStranger = async (): Promise<number> => {
  const stranger = spawn('sleep', ['3600'], { stdio: 'ignore' });
  strangers.add(stranger);
  // It ends with the test, and is nothing to wait for.
  stranger.unref();
  await once(stranger, 'spawn');
  return stranger.pid ?? 0;
};

/** Another program that listens where the dead runtime did, and counts who asks it. */
const listen = async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked: () => asked, close: () => server.close() };
};

const startedAtOf = (pid: number): string => {
  const startedAt = processStartedAt(pid);
  if (startedAt === null) throw new Error(`there is no process ${pid}`);
  return startedAt;
};

test('a pid that belongs to somebody else by now is taken for nobody: not asked, not signalled, no reason to wait', async () => {
  const world = createWorld('reused');
  const { directory } = world;
  const cli = throughline(bundle, directory.root);
  const other = await listen();
  const first = await serve(directory);
  const { id } = await start(first, world, 'quick');
  is((await ended(first, id)).status, 'Completed');
  await first.kill();
  const dead = readOwner(directory);
  if (dead === null) throw new Error('the dead one is not named');
  // Now, not before: two processes that begin within ten milliseconds have one start time.
  const stranger = await startStranger();

  const claims: readonly (readonly [string, Pick<Owner, 'pid' | 'startedAt' | 'url'>])[] = [
    ['a stranger, with the time of the dead one', { pid: stranger, startedAt: dead.startedAt, url: other.url }],
    ['ourselves, with the time of the dead one', { pid: process.pid, startedAt: dead.startedAt, url: other.url }],
    // As after a restart of the machine on which, of all ticks, the same one came up. Who is at the address is asked then.
    ['a stranger, and even the time fits', { pid: stranger, startedAt: startedAtOf(stranger), url: dead.url }],
  ];
  for (const [what, claim] of claims) {
    writeFileSync(directory.owner, JSON.stringify({ ...dead, ...claim }));
    const listed = await cli.run('list', '--json');
    is(listed.code, 0, `${what}: ${listed.stderr}`);
    const rows = listed.json()[0]?.rows as readonly { id: string; status: string }[];
    equal(
      rows.map((row) => [row.id, row.status]),
      [[id, 'Completed']],
      what,
    );
    const stopped = await cli.run('stop', '--json');
    equal([stopped.code, ...stopped.json()], [0, { ok: true, wasRunning: false }], what);
    const { findings } = (await cli.run('doctor', '--json')).json()[0] as { findings: readonly object[] };
    ok(
      findings.some((finding) => JSON.stringify(finding) === '{"check":"runtime","state":"well","says":"none runs"}'),
      `${what}: ${JSON.stringify(findings)}`,
    );
    const next = await serve(directory);
    is(readOwner(directory)?.pid, next.pid, what);
    await next.kill();
    ok(isAlive(stranger), `${what}: it was left alone`);
  }
  is(other.asked(), 0, 'nobody told it our token');
  other.close();
  say(`two at once: ${claims.length} owner files with a pid that somebody else has: 3 starts, 0 signals, 0 requests`);
});

/**
 * Runs the program on files that cannot be locked. SQLite locks by fcntl, and a file system without locks (NFS without
 * its lock daemon, a shared folder of a virtual machine, some of FUSE) answers that with ENOLCK, EOPNOTSUPP or ENOSYS;
 * here strace does, for the files of this data directory only.
 */
const runWithoutLocks = async (directory: DataDirectory, error: string, ...words: readonly string[]) => {
  // A shell that waits for a line becomes the program, so its pid, which is in a name, is known beforehand.
  const child = spawn('sh', ['-c', 'read -r line; exec "$@"', 'sh', process.execPath, program, ...words], {
    env: { ...process.env, THROUGHLINE_DATA: directory.root, NO_COLOR: '1' },
  });
  strangers.add(child);
  const { pid } = child;
  if (pid === undefined) throw new Error('no shell could be started');
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (bytes) => (text[name] += String(bytes)));
  const closed = once(child, 'close');
  const files = [directory.lock, `${directory.lock}.${pid}.check`, directory.database].flatMap((file) => [
    file,
    `${file}-shm`,
  ]);
  const detach = await injectFault(pid, 'fcntl', `error=${error}`, files);
  child.stdin.end('\n');
  const [code] = await closed;
  return { code, ...text, failedLocks: await detach() } as const;
};

/** The bytes of all that is in a folder, by name; not of the log, which says what happened. */
const contentsOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'runtime.log')
      .map(({ name }) => [name, readFileSync(join(folder, name), 'base64')]),
  );

const withoutLocks = /^throughline: the files in .+ cannot be locked \(move the data folder to a local disk[^\n]+\)\n$/;

for (const error of ['ENOLCK', 'EOPNOTSUPP', 'ENOSYS']) {
  test.unless(
    lackOfAttaching,
    `files that cannot be locked (${error}): nobody starts, and what to do is said`,
    async () => {
      const directory = newDirectory();
      const attempt = (...words: readonly string[]) => runWithoutLocks(directory, error, ...words);
      for (const state of ['empty', 'used']) {
        if (state === 'used') is(await (await serve(directory)).stop(), 0);
        const before = contentsOf(directory.root);
        const both = await Promise.all([attempt('serve', '--json'), attempt('serve', '--json')]);
        for (const { code, stdout, stderr, failedLocks } of both) {
          ok(failedLocks > 0, 'its locks did fail');
          match(stderr, withoutLocks);
          match(stdout, /^\{"error":\{"code":"data\.unusable",[^\n]+\}\n$/);
          is(code, 1);
        }
        equal(contentsOf(directory.root), { 'lock.db': '', ...before }, 'nothing was written');
        is(existsSync(directory.database), state === 'used');
      }
      const reading = ['list', 'stop', 'verify'].map((word) => attempt(word));
      for (const { code, stdout, stderr } of await Promise.all(reading)) {
        match(stderr, withoutLocks);
        equal([code, stdout], [1, '']);
      }
      const examined = await attempt('doctor');
      is(examined.code, 1);
      match(examined.stdout, /✗ +runtime +the files in .+ cannot be locked\n +→ move the data folder to a local disk/);
      ok(!examined.stdout.includes('--repair'), 'nothing is damaged');
      // Not to be seen with ENOLCK: the name of what is tried out holds a pid that nobody knows beforehand.
      if (error !== 'ENOLCK') {
        const behind = await attempt('serve', '--background');
        is(behind.code, 5);
        match(behind.stderr, /^throughline: the runtime could not be started: .+ cannot be locked \(move [^\n]+\n$/);
        // Tried once: whatever begins it again and again would be of no use.
        is(readFileSync(directory.log, 'utf8').split('cannot be locked').length - 1, 1);
      }
      // Where files can be locked again it is as if nothing had been.
      const runtime = await serve(directory);
      ok((await runtime.verify()).ok);
      is(await runtime.stop(), 0);
      say(`two at once: locks that fail with ${error}: 4 starts refused, 0 bytes written`);
    },
  );
}

test.run();
