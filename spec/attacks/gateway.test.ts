import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { rawExchange, requestText } from '../runtime/gateway/world.ts';
import { hasIPv6 } from '../support/loopback.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, historyOf, saidIn, start, type World } from '../support/world.ts';
import { portOf, send, silentSocket, tokenOf } from './support/raw.ts';

const test = suite('attacks on the gateway', { timeLimitMs: 180_000 });

let opened: Promise<{ readonly world: World; readonly runtime: Served }> | undefined;
/** One runtime for all: what an attack leaves behind is the next one's problem, as it would be. */
const served = () => {
  opened ??= (async () => {
    const world = createWorld('gateway');
    return { world, runtime: await serve(world.directory) };
  })();
  return opened;
};
test.after(closeWorlds);

const sessions = async (runtime: Served): Promise<number> => (await runtime.dashboard()).rows.length;

test('[law 14] the process listens on loopback and nowhere else', async () => {
  const { runtime } = await served();
  const sockets = new Set(
    readdirSync(`/proc/${runtime.pid}/fd`).flatMap((name) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${runtime.pid}/fd/${name}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
  const tables = ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6'];
  const own = tables.flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => sockets.has(fields[9] ?? '') && (fields[3] === '0A' || !table.startsWith('tcp')))
      .map((fields) => `${table} ${fields[1]}`),
  );
  const port = portOf(runtime).toString(16).toUpperCase().padStart(4, '0');
  const alsoSix = hasIPv6 ? [`tcp6 00000000000000000000000001000000:${port}`] : [];
  assert.equal(own, [`tcp 0100007F:${port}`, ...alsoSix]);
  const unix = readFileSync('/proc/net/unix', 'utf8').split('\n');
  const listening = unix.map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === '00010000');
  assert.equal(
    listening.filter((fields) => sockets.has(fields[6] ?? '')),
    [],
  );
});

test('no option makes it listen elsewhere', async () => {
  for (const words of [
    ['--host', '0.0.0.0'],
    ['--port', '0.0.0.0:80'],
    ['--bind', '::'],
    ['--port', '-1'],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, ['dist/throughline.js', 'serve', ...words], {
      encoding: 'utf8',
    });
    assert.is(status, 2, words.join(' '));
    assert.is(stderr.trim().split('\n').length, 1, stderr);
  }
});

test('a thousand sockets that say nothing, held open without end, do not keep the owner out', async () => {
  const { world, runtime } = await served();
  const port = portOf(runtime);
  let attacking = true;
  const held = Array.from({ length: 1_000 }, async () => {
    while (attacking) {
      const socket = await silentSocket(port);
      if (!socket.closed) await once(socket, 'close');
    }
  });
  try {
    const tail = new WebSocket(`ws://127.0.0.1:${port}/api/events`, {
      headers: { authorization: `Bearer ${tokenOf(world)}` },
    });
    await until('a tail is let in among them', async () => {
      if (tail.readyState === WebSocket.CONNECTING) return false;
      assert.is(tail.readyState, WebSocket.OPEN);
      return true;
    });
    for (let count = 0; count < 20; count += 1) {
      assert.is((await send(world, runtime, 'GET /api/health')).status, 200, `request ${count}`);
    }
    assert.is(tail.readyState, WebSocket.OPEN, 'who has shown the token is not sent away for strangers');
    tail.terminate();
  } finally {
    attacking = false;
    const { id } = await start(runtime, world, 'quick');
    assert.is((await ended(runtime, id)).status, 'Completed');
    await until('they are let go', async () => (await Promise.race([Promise.all(held), null])) ?? true, {});
  }
});

test('a body that is compressed is not unpacked, however small it is and large it would be', async () => {
  const { world, runtime } = await served();
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 32), { level: 9 });
  const before = residentMegabytes(runtime.pid);
  for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip']) {
    const answer = await send(world, runtime, 'POST /api/sessions', bomb, [`Content-Encoding: ${encoding}`]);
    assert.equal([answer.status, answer.code], [400, 'input.invalid'], encoding);
  }
  assert.ok(residentMegabytes(runtime.pid) - before < 40);
});

test('no WebSocket agrees to compression, and a compressed or oversized frame ends it', async () => {
  const { world, runtime } = await served();
  for (const path of ['/api/events', '/api/dashboard/live']) {
    const open = () =>
      new WebSocket(`ws://127.0.0.1:${portOf(runtime)}${path}`, {
        headers: { authorization: `Bearer ${tokenOf(world)}` },
        perMessageDeflate: true,
      });
    const client = open();
    await once(client, 'open');
    assert.is(client.extensions, '');
    client.send(Buffer.alloc(1024 * 1024));
    await once(client, 'close');
    const raw = connect({ port: portOf(runtime), host: '127.0.0.1' }).on('error', () => {});
    raw.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${portOf(runtime)}\r\nAuthorization: Bearer ${tokenOf(world)}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    const [head] = (await once(raw, 'data')) as [Buffer];
    assert.match(String(head), /^HTTP\/1\.1 101/);
    assert.not.match(String(head), /extensions/i);
    // A masked text frame that says it is compressed, and one that says it is 2^60 bytes long.
    raw.write(Buffer.from([0xc1, 0x80, 0, 0, 0, 0]));
    await until('it is cut off', () => raw.resume().closed);
    const giant = open();
    await once(giant, 'open');
    const socket = (giant as unknown as { _socket: NodeJS.WritableStream })._socket;
    socket.write(Buffer.from([0x82, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    await once(giant, 'close');
  }
  assert.is((await send(world, runtime, 'GET /api/health')).status, 200);
});

test('names that mean something to the language pollute nothing, in no body, query or path', async () => {
  const { world, runtime } = await served();
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
  const bodies = names.flatMap((name) => [
    `{"prompt":"x","repository":"/nowhere","agent":"rehearsal:quick","${name}":{"worktree":false,"approvals":"allow","polluted":1}}`,
    `{"prompt":"x","repository":"/nowhere","agent":"${name}"}`,
    `{"${name}":{"prompt":"x","repository":"/","agent":"rehearsal"}}`,
  ]);
  for (const body of bodies) {
    const { status } = await send(world, runtime, 'POST /api/sessions', body);
    assert.ok(status >= 400 && status < 500, `${status} ${body}`);
  }
  for (const name of names) {
    for (const line of [
      `GET /api/${name}`,
      `GET /api/sessions/${name}`,
      `GET /api/agents?${name}=1`,
      `GET /api/search?text=x&${name}[x]=1`,
      `GET /${name}`,
    ]) {
      const { status, body } = await send(world, runtime, line);
      assert.ok(status >= 400 && status < 500, `${status} ${line} ${body}`);
    }
  }
  const { id } = await start(runtime, world, 'quick', { name: '__proto__' });
  assert.is((await ended(runtime, id)).name, '__proto__');
});

test('whatever stands in the place of an id, a name or a path, nothing but a clear refusal comes of it', async () => {
  const { world, runtime } = await served();
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  const hostile = [
    ...['..', '../..', '..%2f..', '%2e%2e', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '..\\..\\x', '%5c..%5c', 'x%00', 'x\0y'],
    ...[
      'a'.repeat(300),
      'CON',
      'nul.txt',
      '.git',
      '.',
      '',
      ' ',
      '-x',
      '--upload-pack=touch',
      '$(touch x)',
      '`id`',
      ';id',
    ],
    ...[
      "' OR 1=1 --",
      '"; DROP TABLE sessions; --',
      '\u202e',
      '\ud800',
      '💥'.repeat(60),
      id.toUpperCase().replace('-', ''),
    ],
  ];
  const before = await sessions(runtime);
  for (const text of hostile) {
    const isWhole = !/[\ud800-\udfff]/u.test(text);
    // A surrogate without its other half has no encoding of its own; these are its bytes all the same.
    const segment = isWhole ? encodeURIComponent(text) : '%ED%A0%80';
    const path = isWhole ? encodeURI(text).replaceAll(' ', '%20').replaceAll('#', '%23') : segment;
    for (const way of new Set([text.includes('\0') ? segment : path, segment])) {
      for (const line of [
        `GET /api/sessions/${way}/history`,
        `POST /api/sessions/${way}/prompt`,
        `POST /api/sessions/${id}/approvals/${way}`,
        `DELETE /api/sessions/${way}?force=true`,
        `GET /api/sessions/${id}/history?after=${way}`,
        `GET /api/sessions/${id}/find?type=${way}`,
        `GET /assets/${way}`,
        `GET /${way}/../../package.json`,
      ]) {
        const { status, body } = await send(
          world,
          runtime,
          line.replaceAll(' ', '%20').replace(/^(\w+)%20/, '$1 '),
          '{"decision":"allow"}',
        );
        assert.ok(status >= 400 && status < 500, `${status} to ${line}: ${body.slice(0, 300)}`);
      }
    }
    for (const fields of [
      { repository: text },
      { branch: text },
      { base: text },
      { agent: text },
      { agent: `rehearsal:${text}` },
      { agent: `acp:${text}` },
    ]) {
      const all = { prompt: 'x', repository: world.repository, agent: 'rehearsal:quick', ...fields };
      const { status, body } = await send(world, runtime, 'POST /api/sessions', JSON.stringify(all));
      const isFine = status >= 400 && status < 500;
      assert.ok(isFine || (status === 200 && isHarmless(fields)), `${status} to ${JSON.stringify(fields)}: ${body}`);
    }
    for (const where of ['folders', 'repository', 'search']) {
      const key = where === 'search' ? 'text' : 'path';
      const { status, body } = await send(world, runtime, `GET /api/${where}?${key}=${segment}`);
      assert.ok(status < 500, `${status} to ${where} ${text}: ${body}`);
    }
  }
  const rows = (await runtime.dashboard()).rows.length;
  assert.ok(rows >= before && rows <= before + 7);
});

/**
 * What looks odd and is good: git takes a Windows device name, or an id, for a branch, which then is one to start from, and the
 * rehearsal agent without a script's name follows its usual one.
 */
const isHarmless = ({
  branch,
  base,
  agent,
}: {
  readonly branch?: string;
  readonly base?: string;
  readonly agent?: string;
}): boolean => /^([0-9A-Z-]+|nul\.txt)$/.test(branch ?? base ?? '') || agent === 'rehearsal:';

test('a name of a session can be anything, and is a name everywhere', async () => {
  const { world, runtime } = await served();
  for (const name of [
    '../../../../tmp/evil',
    '..',
    '/etc/passwd',
    '-rf',
    'CON',
    'x'.repeat(200),
    'Ä/../Ö',
    '\u202egnp.exe',
  ]) {
    const { id } = await start(runtime, world, 'quick', { name, worktree: true });
    const row = await ended(runtime, id);
    assert.is(row.name, name);
    assert.match(row.worktree.branch ?? '', /^throughline\/[a-z0-9-]{1,60}$/);
    assert.is(row.worktree.path, `${world.directory.worktrees}/${id}`);
  }
});

test('a proof to come back is worth nothing when it is made up, used twice, or made for another key', async () => {
  const { world, runtime } = await served();
  const port = portOf(runtime);
  const origin = `Origin: http://127.0.0.1:${port}`;
  const post = async (body: unknown) => {
    const text = JSON.stringify(body);
    const more = [origin, 'Content-Type: application/json', `Content-Length: ${text.length}`];
    const options = { line: 'POST /api/reconnect HTTP/1.1', authorization: undefined, more, body: text };
    return rawExchange(port, requestText({ port }, options));
  };
  const asked = 'a'.repeat(43);
  const nonceFor = async (id: string): Promise<string> =>
    (JSON.parse((await post({ id, nonce: asked })).body) as { nonce: string }).nonce;
  const proofBy = (key: string, nonce: string): string =>
    createHmac('sha256', key).update(`page:${nonce}:${port}:{}`).digest('base64url');
  const made = await runtime.client.call('reconnectKey', { body: {} });
  const nonce = await nonceFor(made.id);
  const right = proofBy(made.key, nonce);
  const other = randomBytes(32).toString('base64url');
  // A key that is derived without the token, and the id of one for the key of another.
  for (const key of [other, made.id, '', createHmac('sha256', '').update(`reconnect:${made.id}`).digest('base64url')]) {
    const fresh = await nonceFor(made.id);
    assert.is(
      (await post({ id: made.id, nonce: asked, answer: { nonce: fresh, proof: proofBy(key, fresh) } })).status,
      401,
    );
  }
  assert.is(
    (await post({ id: other, nonce: asked, answer: { nonce, proof: right } })).status,
    401,
    'which uses the nonce up',
  );
  assert.is((await post({ id: made.id, nonce: asked, answer: { nonce, proof: right } })).status, 401);
  const again = await nonceFor(made.id);
  const answer = { nonce: again, proof: proofBy(made.key, again) };
  const welcome = await post({ id: made.id, nonce: asked, answer });
  assert.is(welcome.status, 200);
  assert.is((await post({ id: made.id, nonce: asked, answer })).status, 401, 'once');
  assert.is(
    (await post({ id: made.id, nonce: asked, answer: { nonce: other, proof: proofBy(made.key, other) } })).status,
    401,
  );
  assert.not.ok(welcome.body.includes(tokenOf(world)));
  // Whoever asks on and on makes the runtime remember no more than before.
  for (let count = 0; count < 300; count += 1) await post({ id: other, nonce: asked });
  assert.is((await send(world, runtime, 'GET /api/health')).status, 200);
});

test('what was done to it shows nowhere as an error inside', async () => {
  const { world, runtime } = await served();
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  assert.ok(saidIn(await historyOf(runtime, id)).length > 0);
  const lines = readFileSync(world.directory.log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"level":"error"'));
  assert.equal(lines, []);
  assert.equal(await runtime.verify(), { ...(await runtime.verify()), ok: true });
  assert.is(await runtime.stop(), 0);
});

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

test.run();
