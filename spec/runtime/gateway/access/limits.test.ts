import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { openLog } from '../../../../runtime/data/log.ts';
import { startGateway } from '../../../../runtime/gateway/start-gateway.ts';
import { hasIPv6 } from '../../../support/loopback.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import {
  ask,
  closeOf,
  memoryRuntime,
  openSocket,
  rawExchange,
  requestText,
  sessionId,
  token,
  type World,
  withWorld,
} from '../world.ts';

const test = suite('gateway limits');

const stillAnswers = async (world: World): Promise<void> => {
  assert.equal((await ask(world, 'GET', '/api/health')).status, 200);
};

const postText = (world: World, more: readonly string[], body = ''): string =>
  requestText(world, {
    line: `POST /api/sessions/${sessionId}/prompt HTTP/1.1`,
    more: ['Content-Type: application/json', ...more],
    body,
  });

/** An event but for its payload. */
const place = { position: 1, runId: 'r' as never, run: 1, seq: 1, type: 'message', occurredAt: 1, recordedAt: 1 };

const code = async (answer: Response): Promise<unknown> => ((await answer.json()) as { code: unknown }).code;

test(
  'only loopback is listened on',
  withWorld(async (world) => {
    if (process.platform === 'linux') {
      const port = world.port.toString(16).toUpperCase().padStart(4, '0');
      const listening = ['tcp', 'tcp6']
        .flatMap((family) => readFileSync(`/proc/net/${family}`, 'utf8').split('\n'))
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[1]?.endsWith(`:${port}`) && fields[3] === '0A')
        .map((fields) => fields[1]);
      assert.deepEqual(listening, [
        `0100007F:${port}`,
        ...(hasIPv6 ? [`00000000000000000000000001000000:${port}`] : []),
      ]);
    }
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address, internal, family } of others) {
      if (address === '127.0.0.1' || address === '::1' || (internal && family === 'IPv4')) continue;
      const socket = connect({ port: world.port, host: address });
      const [error] = await Promise.race([once(socket, 'error'), once(socket, 'connect').then(() => [null])]);
      assert.ok(error instanceof Error, address);
      socket.destroy();
    }
  }),
);

test(
  'a port that is taken is named',
  withWorld(async (world) => {
    const second = startGateway({
      runtime: memoryRuntime(),
      token,
      port: world.port,
      version: '0',
      log: openLog({ path: null }),
      onStopRequested: () => {},
    });
    await assert.rejects(second, (thrown: Error & { code?: string }) => {
      assert.equal(thrown.code, 'runtime.start_failed');
      assert.match(thrown.message, new RegExp(`port ${world.port}`));
      return true;
    });
  }),
);

test(
  'a body of up to 2 MiB is taken, a larger one refused in a way the client hears',
  withWorld(async (world) => {
    const path = `/api/sessions/${sessionId}/rename`;
    const fits = await ask(world, 'POST', path, { name: `name${' '.repeat(1_000_000)}` });
    assert.equal(fits.status, 200);
    const tooLarge = await ask(world, 'POST', path, { name: 'x'.repeat(3_000_000) });
    assert.equal(tooLarge.status, 413);
    assert.equal(await code(tooLarge), 'request.too_large');
    assert.equal(world.runtime.calls.length, 1);
  }),
);

test(
  'a prompt may bring images, up to 14 MiB in all',
  withWorld(async (world) => {
    const path = `/api/sessions/${sessionId}/prompt`;
    const image = { type: 'image', mimeType: 'image/png', data: 'A'.repeat(8 * 1024 * 1024) };
    assert.equal((await ask(world, 'POST', path, { prompt: 'look', parts: [image] })).status, 200);
    assert.equal((await ask(world, 'POST', path, { prompt: 'look', parts: [image, image] })).status, 413);
    const wrong = { type: 'file', path: '../outside.txt' };
    assert.equal(await code(await ask(world, 'POST', path, { prompt: 'look', parts: [wrong] })), 'input.invalid');
  }),
);

test(
  'a body of 100 MB is not read to its end, announced or in chunks',
  withWorld(async (world) => {
    const announced = await rawExchange(world.port, postText(world, ['Content-Length: 100000000']));
    assert.equal(announced.code, 'request.too_large');

    const socket = await openSocket(world.port);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    const closed = closeOf(socket);
    socket.write(postText(world, ['Transfer-Encoding: chunked']));
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 120), Buffer.from('\r\n')]);
    let sent = 0;
    while (sent < 100 && !socket.destroyed) {
      const isTaken = socket.write(piece);
      sent += 1;
      if (!isTaken) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
    }
    socket.end();
    await closed;
    assert.ok(sent < 80, `${sent} MiB were taken`);
    assert.match(answer, /^(HTTP\/1\.1 413|$)/);
    await stillAnswers(world);
  }),
);

test(
  'hostile JSON is refused and harms nothing: a million levels, half of it, bad UTF-8, __proto__',
  withWorld(async (world) => {
    const path = `/api/sessions/${sessionId}/prompt`;
    const depth = 500_000;
    const hostile = [
      '['.repeat(2 * depth),
      '['.repeat(depth) + ']'.repeat(depth),
      `{"prompt":${'['.repeat(depth)}${']'.repeat(depth)}}`,
      `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
      '{"prompt":"x"',
      '',
      'null',
      '"text"',
      '{"prompt":"x","more":1}',
      '{"prompt":"x","constructor":{"prototype":{"polluted":true}}}',
      '{"prompt":1e999}',
    ];
    for (const body of hostile) {
      const answer = await ask(world, 'POST', path, body);
      assert.equal(answer.status, 400, body.slice(0, 50));
      assert.equal(await code(answer), 'input.invalid');
    }
    const badBytes = await rawExchange(
      world.port,
      Buffer.concat([Buffer.from(postText(world, ['Content-Length: 14'])), Buffer.from('{"prompt":"\xff"}', 'latin1')]),
    );
    assert.equal(badBytes.code, 'input.invalid');
    assert.deepEqual(world.runtime.calls, []);
    await ask(world, 'POST', path, '{"prompt":"x","__proto__":{"polluted":true}}');
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    assert.doesNotMatch(JSON.stringify(world.runtime.calls), /polluted/);
    await stillAnswers(world);
  }),
);

test(
  'giant headers are refused',
  withWorld(async (world) => {
    const answer = await rawExchange(world.port, requestText(world, { more: [`X-Large: ${'x'.repeat(70_000)}`] }));
    assert.equal(answer.status, 431);
    const line = await rawExchange(world.port, requestText(world, { line: `GET /${'x'.repeat(70_000)} HTTP/1.1` }));
    assert.equal(line.status, 431);
    await stillAnswers(world);
  }),
);

test(
  'garbage instead of HTTP ends only its own connection',
  withWorld(async (world) => {
    for (const garbage of ['\r\n\r\n\0\0', 'GET\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00', 'GET / HTTP/9.9\r\n\r\n']) {
      assert.ok([0, 400].includes((await rawExchange(world.port, garbage)).status));
    }
    // Two lengths are how a request is smuggled past whoever stands in front.
    const smuggled = postText(
      world,
      ['Content-Length: 2', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    );
    assert.equal((await rawExchange(world.port, smuggled)).status, 400);
    await stillAnswers(world);
  }),
);

test(
  'who sends slowly, or nothing at all, is cut off',
  withWorld(
    async (world) => {
      const silent = await openSocket(world.port);
      const halfHead = await openSocket(world.port);
      halfHead.write('GET /api/health HTTP/1.1\r\nHost: 127');
      const dripping = setInterval(() => halfHead.write('0'), 20);
      const halfBody = await openSocket(world.port);
      halfBody.write(postText(world, ['Content-Length: 1000'], '{"pro'));
      for (const socket of [silent, halfHead, halfBody]) {
        socket.resume();
        await until('the slow one is cut off', () => socket.closed);
      }
      clearInterval(dripping);
      await stillAnswers(world);
      assert.deepEqual(world.runtime.calls, []);
    },
    { limits: { headersMs: 300, requestMs: 600 } },
  ),
);

test(
  'a thousand sockets take no more than their share, and leave room once they are gone',
  withWorld(
    async (world) => {
      const sockets = await Promise.all(
        Array.from({ length: 1_000 }, async () => {
          const socket: Socket = await openSocket(world.port);
          return socket.resume();
        }),
      );
      await until('all above the limit are closed', () => sockets.filter((socket) => !socket.closed).length <= 600);
      assert.ok(sockets.some((socket) => !socket.closed));
      await until('the silent ones are cut off', () => sockets.every((socket) => socket.closed));
      await stillAnswers(world);
    },
    { limits: { headersMs: 500 } },
  ),
);

test(
  'who leaves in the middle of a body or an answer harms nobody',
  withWorld(
    async (world) => {
      for (let count = 0; count < 20; count += 1) {
        const sending = await openSocket(world.port);
        sending.write(postText(world, ['Content-Length: 100000'], '{"prompt":"'));
        sending.resetAndDestroy();
        const taking = await openSocket(world.port);
        taking.write(requestText(world, { line: `GET /api/sessions/${sessionId}/history HTTP/1.1` }));
        taking.resetAndDestroy();
      }
      await stillAnswers(world);
    },
    {
      runtime: {
        history: () => Promise.resolve({ events: [{ ...place, payload: 'x'.repeat(5_000_000) }], next: null }),
      },
    },
  ),
);

/** Whether the system has the gateway's end of a connection as established, whatever the other end has read of it. */
const isEstablished = (world: World, { localPort = 0 }: Socket): boolean => {
  const [ours, theirs] = [world.port, localPort].map((port) => port.toString(16).toUpperCase().padStart(4, '0'));
  return readFileSync('/proc/net/tcp', 'utf8').includes(`0100007F:${ours} 0100007F:${theirs} 01 `);
};

const megabytes = 64 * 1024 * 1024;

test.unless(
  process.platform === 'linux' ? null : 'only Linux tells the state of a connection',
  'who takes nothing of an answer is given up, and the rest of it with him',
  withWorld(
    async (world) => {
      const socket = await openSocket(world.port);
      socket.pause();
      socket.write(requestText(world, { line: `GET /api/sessions/${sessionId}/history HTTP/1.1` }));
      assert.ok(isEstablished(world, socket));
      await until('he is given up', () => !isEstablished(world, socket));
      let taken = 0;
      socket.on('data', (bytes: Buffer) => (taken += bytes.length));
      const closed = closeOf(socket);
      socket.resume();
      await closed;
      assert.ok(taken > 0 && taken < megabytes, `${taken} bytes had been sent`);
      await stillAnswers(world);
    },
    {
      limits: { stalledMs: 300 },
      runtime: {
        history: () => Promise.resolve({ events: [{ ...place, payload: 'x'.repeat(megabytes) }], next: null }),
      },
    },
  ),
);

test(
  'a connection is kept for the next request',
  withWorld(async (world) => {
    const socket = await openSocket(world.port);
    let answers = '';
    socket.on('data', (chunk) => {
      answers += String(chunk);
    });
    const text = requestText(world).replace('Connection: close\r\n', '');
    for (let count = 1; count <= 3; count += 1) {
      socket.write(text);
      await until('it is answered', () => answers.split('"ok":true').length - 1 === count);
    }
    socket.destroy();
  }),
);

test('closing lets the answer under way go out, and ends the rest', async () => {
  let isAsked = false;
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const dashboard = async () => {
    isAsked = true;
    await finished;
    return { version: 7, rows: [] };
  };
  await withWorld(
    async (world) => {
      const silent = await openSocket(world.port);
      const silentClosed = closeOf(silent.resume());
      const asked = ask(world, 'GET', '/api/dashboard');
      await until('the request is there', () => isAsked);
      const closed = world.close();
      finish();
      assert.deepEqual(await (await asked).json(), { version: 7, rows: [] });
      await closed;
      await silentClosed;
      await assert.rejects(ask(world, 'GET', '/api/health'));
      await world.close();
    },
    { runtime: { dashboard } },
  )();
});

test.run();
