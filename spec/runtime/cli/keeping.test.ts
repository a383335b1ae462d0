import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { dataDirectoryAt, dataDirectoryIdOf } from '../../../runtime/data/data-directory.ts';
import { marked } from '../../support/marked-processes.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { bundle, type Ended, type Throughline, throughline } from './support/throughline.ts';

const test = suite('looking after what is stored, by commands');

const repository = join(temporaryFolder('repository'), 'greetings');
makeSampleRepository(repository);
const atWork = ['run', 'Say more', '--repo', repository, '--no-worktree', '--agent', 'rehearsal:slow'];
// Long enough that what follows is on other pages.
const done = [
  'run',
  `Say hello${' to everybody'.repeat(250)}`,
  '--repo',
  repository,
  '--agent',
  'rehearsal:quick',
  '--wait',
];

let finished: Throughline | undefined;

/** A data directory whose runtime has stopped; in it one session that ended, called `hello`, with a worktree. */
const withOneSession = async (): Promise<Throughline> => {
  if (finished === undefined) {
    finished = throughline(bundle);
    for (const words of [[...done, '--name', 'hello'], ['stop']]) {
      const { code, stderr } = await finished.run(...words);
      is(code, 0, stderr);
    }
  }
  const copy = throughline(bundle);
  cpSync(finished.data, copy.data, { recursive: true });
  return copy;
};

const databaseOf = ({ data }: Throughline): string => join(data, 'throughline.db');

const setAsideIn = ({ data }: Throughline): readonly string[] =>
  readdirSync(data).filter((name) => /^throughline\.db\.set-aside-\d{4}-\d\d-\d\d-\d{6}$/.test(name));

/** Overwrites the beginning of the first page in which a text stands. */
const damage = (cli: Throughline, text: string): void => {
  const bytes = readFileSync(databaseOf(cli));
  const page = Math.floor(bytes.indexOf(text) / 4096) * 4096;
  writeFileSync(databaseOf(cli), bytes.fill(0xff, page, page + 100));
};

const refusedInOneLine = ({ code, stdout, stderr }: Ended, exitCode: number, says: RegExp): void => {
  match(stderr, /^throughline: [^\n]+\n$/);
  match(stderr, says);
  equal([code, stdout], [exitCode, ''], stderr);
};

type Finding = { readonly check: string; readonly state: string; readonly says: string; readonly advice?: string };
type Examined = { readonly ok: boolean; readonly findings: readonly Finding[]; readonly repaired: unknown };

/** What the doctor says; its exit code agrees with it. */
const examine = async (cli: Throughline): Promise<Examined> => {
  const { code, json, stderr } = await cli.run('doctor', '--json');
  is(stderr, '');
  const [examined] = json() as unknown as readonly Examined[];
  ok(examined);
  is(code, examined.ok ? 0 : 1);
  is(examined.ok, !examined.findings.some(({ state }) => state === 'bad'));
  return examined;
};

/** Those findings that are not well; not of the agents, which depend on the machine. */
const worries = async (cli: Throughline): Promise<readonly Finding[]> =>
  (await examine(cli)).findings.filter(({ check, state }) => state !== 'well' && check !== 'agents');

const theOnly = (found: readonly Finding[], check: string): Finding => {
  const [finding] = found;
  equal(
    found.map((each) => each.check),
    [check],
  );
  ok(finding);
  return finding;
};

test('a backup that is made while an agent works holds what was said until then, and becomes the same sessions elsewhere', async () => {
  const cli = throughline(bundle);
  is((await cli.run(...done, '--name', 'hello')).code, 0);
  is((await cli.run(...atWork, '--name', 'at work')).code, 0);
  await until('it speaks', async () => (await cli.run('history', 'at work')).stdout.includes('water'));
  const file = join(temporaryFolder('backup'), 'backup.db');
  const backedUp = await cli.run('backup', file, '--json');
  is(backedUp.code, 0, backedUp.stderr);
  const [kept] = backedUp.json();
  equal([kept?.path, kept?.sessions], [file, 2]);
  refusedInOneLine(await cli.run('backup', file), 2, /is there already/);
  refusedInOneLine(await cli.run('restore', file), 4, /a runtime already serves/);
  is((await cli.run('stop')).code, 0);

  const elsewhere = throughline(bundle);
  const restored = await elsewhere.run('restore', file);
  is(restored.code, 0, restored.stderr);
  match(restored.stdout, `${kept?.events} events of 2 sessions restored from ${file}`);
  const { snapshots, ...verified } = (await elsewhere.run('verify', '--json')).json()[0] ?? {};
  equal(verified, { ok: true, events: kept?.events, sessions: 2, lost: 0 });
  is((snapshots as { ok?: boolean }).ok, true);
  const historyOf = async (where: Throughline, name: string) => (await where.run('history', name, '--json')).json();
  equal(await historyOf(elsewhere, 'hello'), await historyOf(cli, 'hello'));
  const before = await historyOf(cli, 'at work');
  const after = await historyOf(elsewhere, 'at work');
  ok(after.length > 0);
  equal(after, before.slice(0, after.length));
  const [{ rows }] = (await elsewhere.run('list', '--json')).json() as unknown as readonly [
    { rows: readonly { name: string; status: string; restored: boolean }[] },
  ];
  equal(
    rows.map(({ name, status, restored: isRestored }) => [name, status, isRestored]).sort(),
    [
      ['at work', 'Running', true],
      ['hello', 'Completed', false],
    ],
    'what was at work waits to be resumed',
  );
  const resumed = await elsewhere.run('resume', 'at work', '--json');
  is(resumed.code, 0, resumed.stderr);
});

test('a restore sets aside what was there, and what is no backup changes nothing', async () => {
  const cli = await withOneSession();
  const folder = temporaryFolder('backup');
  const file = join(folder, 'backup.db');
  is((await cli.run('backup', file)).code, 0);
  const text = join(folder, 'text');
  writeFileSync(text, 'this is no database '.repeat(900));
  const cut = join(folder, 'cut.db');
  writeFileSync(cut, readFileSync(file).subarray(0, 20_480));
  const before = readFileSync(databaseOf(cli));
  refusedInOneLine(await cli.run('restore', text), 1, /is damaged: file is not a database/);
  refusedInOneLine(await cli.run('restore', cut), 1, /is damaged/);
  refusedInOneLine(await cli.run('restore', join(folder, 'none')), 3, /there is no file/);
  refusedInOneLine(await cli.run('restore', folder), 1, /could not be opened|is not a/);
  const asJson = await cli.run('restore', text, '--json');
  match(asJson.stdout, /^\{"error":\{"code":"store\.damaged",/);
  ok(readFileSync(databaseOf(cli)).equals(before));
  equal(setAsideIn(cli), []);

  const restored = await cli.run('restore', file, '--json');
  is(restored.code, 0, restored.stderr);
  equal(
    setAsideIn(cli).map((name) => join(cli.data, name)),
    [restored.json()[0]?.setAside],
  );
  is((await cli.run('verify')).code, 0);
});

test('the doctor finds all well in a folder that is in order, also while a runtime runs', async () => {
  const cli = await withOneSession();
  const healthy = await cli.run('doctor');
  is(healthy.code, 0, healthy.stdout);
  is(healthy.stderr, '');
  for (const line of [
    /^✓ +data folder +\/.+, yours alone$/m,
    /^✓ +runtime +none runs$/m,
    /^✓ +database +[\d.]+ MB, every page in order$/m,
    /^✓ +head mark +the log holds all up to position \d+$/m,
    /^✓ +log +\d+ events of 1 sessions, as they were written$/m,
    /^✓ +processes +none is left of an agent$/m,
    /^✓ +worktrees +1 of sessions, all there$/m,
  ]) {
    match(healthy.stdout, line);
  }
  equal(await worries(cli), []);
  match((await cli.run('doctor', '--repair')).stdout, /^There is nothing to repair\.\n/);
  is((await cli.run('serve', '--background')).code, 0);
  const { findings } = await examine(cli);
  match(findings.find(({ check }) => check === 'runtime')?.says ?? '', /^process \d+ at http:\/\/127\.0\.0\.1:\d+$/);
  equal(await worries(cli), []);
  is((await cli.run('stop')).code, 0);
});

test('the doctor names what is wrong, and what it advises helps', async () => {
  const cli = await withOneSession();
  chmodSync(databaseOf(cli), 0o666);
  const [open, unseen, ...more] = await worries(cli);
  ok(open);
  equal([open.check, open.state, unseen?.check, unseen?.state, more], ['data folder', 'bad', 'database', 'note', []]);
  match(open.says, /throughline\.db can be written by other users$/);
  is(open.advice, `run: chmod go-rwx '${databaseOf(cli)}'`);
  chmodSync(databaseOf(cli), 0o600);

  // Left by a runtime that was killed; its pid is somebody else's by now.
  const owner = { pid: process.pid, startedAt: '1', url: 'http://127.0.0.1:9', version: '0.1.0' };
  writeFileSync(join(cli.data, 'runtime.json'), JSON.stringify(owner), { mode: 0o600 });
  const { findings } = await examine(cli);
  equal(
    findings.find(({ check }) => check === 'runtime'),
    { check: 'runtime', state: 'well', says: 'none runs' },
  );
  equal(await worries(cli), []);

  const [worktree] = readdirSync(join(cli.data, 'worktrees'));
  ok(worktree);
  rmSync(join(cli.data, 'worktrees', worktree), { recursive: true });
  mkdirSync(join(cli.data, 'worktrees', 'whose'));
  const folders = await worries(cli);
  equal(
    folders.map(({ check, state }) => [check, state]),
    [['worktrees', 'note']],
    'its session is of the folder it was copied from; that one is there',
  );
  match(folders[0]?.says ?? '', `1 belong to no session: ${join(cli.data, 'worktrees', 'whose')}`);
  rmSync(join(cli.data, 'worktrees', 'whose'), { recursive: true });

  const orphan = spawn('sleep', ['3600'], {
    env: { ...process.env, THROUGHLINE_RUN: `${dataDirectoryIdOf(dataDirectoryAt(cli.data))}/somebody` },
    stdio: 'ignore',
    detached: true,
  });
  orphan.unref();
  process.prependListener('exit', () => orphan.kill('SIGKILL'));
  await until('it runs', () => marked(cli.data).length === 1);
  const left = theOnly(await worries(cli), 'processes');
  is(left.says, `1 are left of a runtime that ended: ${orphan.pid}`);
  is(left.advice, 'the next start ends them: throughline serve --background');
  is((await cli.run('serve', '--background')).code, 0);
  await until('it has been ended', () => marked(cli.data).length === 0);
  equal(await worries(cli), []);
  is((await cli.run('stop')).code, 0);
});

test('a worktree that was lost is named with its session, which can be read and removed', async () => {
  const cli = throughline(bundle);
  is((await cli.run(...done, '--name', 'hello')).code, 0);
  is((await cli.run('stop')).code, 0);
  const [id] = readdirSync(join(cli.data, 'worktrees'));
  ok(id);
  const path = join(cli.data, 'worktrees', id);
  rmSync(path, { recursive: true });
  const lost = theOnly(await worries(cli), 'worktrees');
  is(lost.state, 'note');
  is(lost.says, `1 are missing: ${path}`);
  is((await cli.run('show', 'hello')).code, 0);
  const removed = await cli.run('remove', 'hello', '--force');
  is(removed.code, 0, removed.stderr);
  equal(await worries(cli), []);
});

test('a damaged database is reported, repaired only when that is asked for, and set aside under a name that says when', async () => {
  const cli = await withOneSession();
  const whole = (await cli.run('history', 'hello', '--json')).json();
  damage(cli, '"origin":"prompt"');
  const damaged = readFileSync(databaseOf(cli));
  const reported = await cli.run('doctor');
  is(reported.code, 1);
  match(reported.stdout, /^✗ +database /m);
  match(reported.stdout, /^ +→ throughline doctor --repair saves what can be saved/m);
  refusedInOneLine(
    await cli.run('backup', join(temporaryFolder('backup'), 'backup.db')),
    1,
    /throughline\.db is damaged: .+doctor --repair/,
  );
  ok(readFileSync(databaseOf(cli)).equals(damaged), 'whoever only looks changes nothing');

  // A runtime goes on with what is whole, and has the folder.
  is((await cli.run('serve', '--background')).code, 0);
  refusedInOneLine(await cli.run('doctor', '--repair'), 4, /a runtime already serves/);
  is((await cli.run('stop')).code, 0);
  const last = readFileSync(databaseOf(cli));

  const repaired = await cli.run('doctor', '--repair');
  is(repaired.code, 0, repaired.stdout + repaired.stderr);
  match(repaired.stdout, /^✓ Saved \d+ of \d+ events, in 1 session\.\n {2}Where one was lost, the history says so\.\n/);
  const [aside, ...more] = setAsideIn(cli);
  ok(aside);
  equal(more, []);
  match(repaired.stdout, `The damaged database is now ${join(cli.data, aside)}`);
  ok(readFileSync(join(cli.data, aside)).equals(last), 'what is set aside is the damaged one as it was');
  equal(await worries(cli), []);
  is((await cli.run('verify')).code, 0);
  const saved = (await cli.run('history', 'hello', '--json')).json();
  // What was lost, or made again from what else is known of it, has no time.
  const asTheyWere = saved.filter(({ occurredAt }) => occurredAt !== 0);
  ok(asTheyWere.length > 0 && asTheyWere.length < whole.length);
  for (const event of asTheyWere) {
    equal(
      event,
      whole.find(({ position }) => position === event.position),
    );
  }
  const again = await cli.run('doctor', '--repair', '--json');
  is(again.code, 0);
  is(again.json()[0]?.repaired, null);
});

test('where the end of the log is damaged, every command says so and what to do', async () => {
  const cli = await withOneSession();
  damage(cli, 'that was quick');
  const file = join(temporaryFolder('backup'), 'backup.db');
  const words = [['list'], ['show', 'hello'], ['backup', file]];
  for (const end of await Promise.all(words.map((each) => cli.run(...each)))) {
    refusedInOneLine(end, 1, /throughline\.db is damaged: .+`throughline doctor --repair` saves/);
  }
  is((await cli.run('doctor', '--repair')).code, 0);
  match((await cli.run('list')).stdout, 'hello');
  is((await cli.run('verify')).code, 0);
});

test('wrong usage of them ends with 2 and one line, and makes nothing', async () => {
  const cli = throughline(bundle);
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['doctor', '--repaair'], /unknown option '--repaair' \(Did you mean --repair\?\)/],
    [['doctor', 'now'], /too many arguments/],
    [['backup'], /missing required argument 'file'/],
    [['backup', 'a', 'b'], /too many arguments/],
    [['restore'], /missing required argument 'file'/],
    [['restore', 'a', '--force'], /unknown option '--force'/],
    [['backup', join(cli.data, 'nowhere', 'b.db')], /there is no folder/],
  ];
  const ends = await Promise.all(wrong.map(([words]) => cli.run(...words)));
  for (const [index, end] of ends.entries()) refusedInOneLine(end, 2, wrong[index]?.[1] ?? /./);
  const missing = join(temporaryFolder('backup'), 'backup.db');
  refusedInOneLine(await cli.run('backup', missing), 3, /there is no file/);
  refusedInOneLine(await cli.run('doctor', '--repair', '--data', ''), 2, /empty path/);
  equal((await cli.run('doctor')).code, 0);
  equal([existsSync(cli.data), existsSync(missing), basename(cli.data)], [false, false, 'data']);
});

test.run();
