import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { createClient } from '../../runtime/client/client.ts';
import { socketFrames } from '../../runtime/client/socket-frames.ts';
import { dataDirectoryAt, openDataDirectory, readOwner } from '../../runtime/data/data-directory.ts';
import { throughline } from '../runtime/cli/support/throughline.ts';
import { askAsBrowser } from '../support/as-browser.ts';
import { loopbackAddresses } from '../support/loopback.ts';
import { serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, start } from '../support/world.ts';
import { asOther, canPlayOthers, openFolder, scriptAsOther, startAsOther } from './support/other-user.ts';
import { portOf, tokenOf } from './support/raw.ts';

const test = suite('attacks on the files', { timeLimitMs: 180_000 });
test.after(closeWorlds);

/** Every path below a folder; not into the worktrees, which belong to git. */
const below = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() && !folder.endsWith('worktrees') ? [path, ...below(path)] : [path];
  });

const program = ['dist/throughline.js'];

for (const umask of ['000', '022']) {
  test(`under umask ${umask} everything that is written is for its owner alone`, async () => {
    const world = createWorld('files');
    rmSync(world.directory.root, { recursive: true });
    const before = process.umask(Number.parseInt(umask, 8));
    try {
      // The runtime is started by the first command, in the background, as it is in daily use.
      const { run } = throughline(program, world.directory.root);
      const words = ['say hello', '--repo', world.repository, '--agent', 'rehearsal:quick', '--wait'];
      const done = await run('run', ...words);
      assert.is(done.code, 0, done.stderr);
      assert.is((await run('window', '--print')).code, 0);
      await until('the search index is there', () => existsSync(join(world.directory.root, 'search.db-wal')));
      const paths = below(world.directory.root);
      for (const name of ['throughline.db', 'throughline.db-wal', 'throughline.db-shm', 'search.db', 'token', 'port']) {
        assert.ok(paths.includes(join(world.directory.root, name)), name);
      }
      const open = [world.directory.root, ...paths]
        .map((path) => ({ path, mode: lstatSync(path).mode & 0o777 }))
        // A worktree's files have the modes that git gives them; who is to reach them has to pass the folder above.
        .filter(({ path, mode }) => (mode & 0o077) !== 0 && !path.includes('/worktrees/'))
        .map(({ path, mode }) => `${path} ${mode.toString(8)}`);
      assert.equal(open, []);
      assert.is((await run('stop')).code, 0);
    } finally {
      process.umask(before);
    }
  });
}

test('a symlink in the place of anything of ours is not written through', async () => {
  const world = createWorld('files');
  const runtime = await serve(world.directory);
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  await until('the search index is there', () => existsSync(join(world.directory.root, 'search.db')));
  const { run } = throughline(program, world.directory.root);
  await run('window', '--print');
  await runtime.stop();
  const names = new Set([
    ...readdirSync(world.directory.root),
    ...['throughline.db-wal', 'throughline.db-shm', 'throughline.db-journal', 'search.db-wal', 'search.db-shm'],
    ...['lock.db-journal', 'runtime.json', 'runtime.log.1', 'config.json', 'window.json', 'port'],
  ]);
  const aim = join(temporaryFolder('aim'), 'precious');
  for (const name of names) {
    const path = join(world.directory.root, name);
    const saved = `${path}.saved`;
    if (existsSync(path)) {
      const kept = spawn('mv', [path, saved]);
      await new Promise((resolve) => kept.once('close', resolve));
    }
    const isFolder = existsSync(saved) && lstatSync(saved).isDirectory();
    if (isFolder) mkdirSync(aim);
    // Empty, as a file must be for SQLite to take it for a database that it may begin.
    else writeFileSync(aim, '', { mode: 0o600 });
    symlinkSync(aim, path);
    const outcome = await serve(world.directory).then(
      async (next) => {
        await start(next, world, 'quick').then(
          ({ id: other }) => ended(next, other),
          () => null,
        );
        await next.stop();
        return 'started';
      },
      (error: Error) => error.message,
    );
    if (isFolder) assert.equal(readdirSync(aim), [], name);
    else assert.is(readFileSync(aim, 'utf8'), '', name);
    if (outcome !== 'started') assert.match(outcome, /symlink|symbolic|cannot|could not/i, name);
    rmSync(path, { recursive: true, force: true });
    rmSync(aim, { recursive: true, force: true });
    if (existsSync(saved)) {
      const back = spawn('mv', [saved, path]);
      await new Promise((resolve) => back.once('close', resolve));
    }
  }
});

test('a data directory on a symlinked parent is the one that the symlink leads to, and is private', async () => {
  const world = createWorld('files');
  const link = join(temporaryFolder('link'), 'parent');
  const real = temporaryFolder('real');
  symlinkSync(real, link);
  const runtime = await serve(dataDirectoryAt(join(link, 'data')));
  const { id } = await start(runtime, world, 'quick', { worktree: true });
  assert.is((await ended(runtime, id)).status, 'Completed');
  assert.is(lstatSync(join(real, 'data')).mode & 0o777, 0o700);
  assert.is(readlinkSync(link), real);
  assert.is(await runtime.stop(), 0);
});

test('a data directory that anybody could exchange is refused', () => {
  const parent = openFolder();
  const refusal = (): string => {
    try {
      openDataDirectory(join(parent, 'data'));
      return 'opened';
    } catch (thrown) {
      return thrown instanceof ThroughlineError ? `${thrown.code}: ${thrown.message}` : String(thrown);
    }
  };
  assert.match(refusal(), /^data\.insecure: .*anybody/);
  assert.equal(readdirSync(parent), [], 'nothing was made there');
  // As /tmp is: there everybody can make things, and nobody move another's.
  chmodSync(parent, 0o1777);
  assert.is(refusal(), 'opened');
});

if (canPlayOthers) {
  test('another user can neither read, list, write, signal nor look into anything of the runtime', async () => {
    const world = createWorld('files');
    // The folders above it are open to all: only its own modes protect it.
    for (const path of [join(world.directory.root, '..'), world.repository]) chmodSync(path, 0o755);
    const runtime = await serve(world.directory);
    const { id } = await start(runtime, world, 'default', { worktree: true });
    await until('the search index is there', () => existsSync(join(world.directory.root, 'search.db')));
    const [agent] = await until('the agent runs', () => world.agents(id).length > 0 && world.agents(id));
    const { root } = world.directory;
    for (const path of below(root)) {
      assert.is.not(asOther(`cat '${path}' > /dev/null || ls '${path}'`).code, 0, path);
      assert.is.not(asOther(`echo x >> '${path}'`).code, 0, path);
    }
    for (const line of [
      `ls '${root}'`,
      `ls '${root}/worktrees/${id}'`,
      `rm -rf '${root}' && ! ls -d '${root}'`,
      `mv '${root}' '${root}.mine'`,
      `kill -0 ${runtime.pid}`,
      `cat /proc/${runtime.pid}/environ`,
      `cat /proc/${agent}/environ`,
      `cat /proc/${runtime.pid}/mem`,
      `ls /proc/${runtime.pid}/fd/`,
    ]) {
      assert.is.not(asOther(line).code, 0, line);
    }
    assert.ok(readOwner(world.directory));
    await runtime.stop();
  });

  test('another user who can see the port gets nothing from it, not even with a ticket that he saw in the process list', async () => {
    const world = createWorld('files');
    const runtime = await serve(world.directory);
    const { url } = await runtime.client.call('ticket', { body: {} });
    const { host, pathname } = new URL(url);
    const said = scriptAsOther(`
      import { request } from 'node:http';
      const url = 'http://127.0.0.1:${portOf(runtime)}';
      const ask = async (path, options) => (await fetch(url + path, { redirect: 'manual', ...options })).status;
      const useTicket = (address) => new Promise((resolve) => {
        const sent = request({ host: address, port: ${portOf(runtime)}, path: '${pathname}', headers: { host: '${host}' } });
        sent.on('response', ({ statusCode }) => resolve(statusCode)).end();
      });
      const json = { 'content-type': 'application/json' };
      const id = 'A'.repeat(43);
      console.log(JSON.stringify([
        await ask('/api/health'),
        await ask('/api/dashboard', { headers: { authorization: 'Bearer ${'x'.repeat(43)}' } }),
        await ask('/api/stop', { method: 'POST', headers: json, body: '{}' }),
        await ask('/api/reconnect-key', { method: 'POST', headers: json, body: '{}' }),
        await ask('/api/reconnect', { method: 'POST', headers: json, body: JSON.stringify({ id, nonce: id, answer: { nonce: id, proof: id } }) }),
        await ask('${pathname}'),
        ...await Promise.all(${JSON.stringify(loopbackAddresses)}.map(useTicket)),
      ]));`);
    const tickets = ['', ...loopbackAddresses].map(() => 403);
    assert.equal(JSON.parse(said.stdout || 'null'), [401, 401, 401, 401, 401, ...tickets], said.stderr);
    assert.is((await askAsBrowser(url)).status, 303, 'it was not used up: it opens for its owner');
    assert.is(tokenOf(world).length, 43);
    await runtime.stop();
  });

  test('the cookie of the window, which a browser sends to his server on another port too, lets another user do nothing', async () => {
    const world = createWorld('files');
    const runtime = await serve(world.directory);
    const { url } = await runtime.client.call('ticket', { body: {} });
    const { host } = new URL(url);
    const { cookie } = await askAsBrowser(url);
    for (const address of loopbackAddresses) {
      const said = scriptAsOther(`
        import { request } from 'node:http';
        import { connect } from 'node:net';
        const place = { host: '${address}', port: ${portOf(runtime)} };
        const headers = { host: '${host}', origin: 'http://${host}', cookie: '${cookie}' };
        const ask = (method, path) => new Promise((resolve) => {
          const sent = request({ ...place, method, path, headers: { ...headers, 'content-type': 'application/json' } });
          sent.on('response', ({ statusCode }) => resolve(statusCode)).end(method === 'POST' ? '{}' : undefined);
        });
        console.log(JSON.stringify([await ask('GET', '/api/dashboard'), await ask('POST', '/api/stop')]));
        // Who hangs up at once sees no answer and needs none, and who looks late does not see whose connection it was.
        const lines = ['POST /api/stop HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 2',
          ...Object.entries(headers).map(([name, value]) => name + ': ' + value), '', '{}'];
        for (let round = 0; round < 100; round += 1) {
          await new Promise((resolve) => {
            const socket = connect(place, () => {
              socket.write(lines.join('\\r\\n'));
              if (round % 2 === 0) socket.destroy();
              else socket.resetAndDestroy();
            });
            socket.on('close', resolve).on('error', () => {});
          });
        }`);
      assert.is(said.stdout.trim(), '[401,401]', said.stderr);
      const mine = await askAsBrowser(`http://${host}/api/health`, { headers: { cookie }, address });
      assert.is(mine.status, 200, 'to its owner it is a good one, and nothing was stopped');
    }
    await runtime.stop();
  });

  test('another user who took the port of a runtime that has died is not shown the token', async () => {
    const server = startAsOther(`
      import { createServer } from 'node:net';
      const server = createServer((socket) => socket.on('data', (bytes) => console.log('heard ' + bytes)).on('error', () => {}));
      server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));`);
    let said = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    try {
      const port = await until('he listens', () => /^port (\d+)$/m.exec(said)?.[1]);
      const endpoint = { url: `http://127.0.0.1:${port}`, token: 'the token of the runtime' };
      const refused = async (asked: Promise<unknown>) => asked.then(() => null, asThroughlineError);
      const call = await refused(createClient(endpoint).call('health', {}, { timeLimitMs: 5_000 }));
      assert.is(call?.code, 'runtime.unreachable');
      assert.match(call?.message ?? '', /another user of this machine listens at/);
      const frames = socketFrames(endpoint, '/api/events', {}, AbortSignal.timeout(5_000));
      assert.match((await refused(frames.next()))?.message ?? '', /another user of this machine listens at/);
      // What comes last is heard last.
      connect(Number(port), '127.0.0.1').end('the end');
      await until('he has heard the end', () => said.includes('the end'));
      assert.equal(said.match(/heard .*/g), ['heard the end']);
    } finally {
      server.kill();
    }
  });

  test('a data directory that was given to another user is not used any more', async () => {
    const world = createWorld('files');
    const runtime = await serve(world.directory);
    await runtime.stop();
    for (const name of ['token', 'throughline.db', 'config.json', 'search.db', 'port']) {
      const path = join(world.directory.root, name);
      if (!existsSync(path)) writeFileSync(path, '{}', { mode: 0o600 });
      chownSync(path, 65_534, 65_534);
      const said = await serve(world.directory).then(
        async (next) => {
          await next.stop();
          return 'it started';
        },
        (error: Error) => error.message,
      );
      assert.match(said, /belongs to another user/, name);
      chownSync(path, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    }
  });
}

test.run();
