import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import fc from 'fast-check';
import { guardRequest } from '../../../../runtime/gateway/access/guard.ts';
import { suite } from '../../../support/suite.ts';
import { type RawAnswer, rawExchange, requestText, token, upgradeText, type World, withWorld } from '../world.ts';

const test = suite('gateway guard');

type Options = Parameters<typeof requestText>[1];

/** Both doors: what one refuses the other refuses in the same way. */
const atBothDoors = async (world: World, options: Options): Promise<readonly RawAnswer[]> => [
  await rawExchange(world.port, requestText(world, options)),
  await rawExchange(world.port, upgradeText(world, options)),
];

const refusedAtBothDoors = async (world: World, status: number, code: string, options: Options): Promise<void> => {
  for (const answer of await atBothDoors(world, options)) {
    assert.deepEqual({ status: answer.status, code: answer.code }, { status, code }, JSON.stringify(options));
  }
};

const stillAnswers = async (world: World): Promise<void> => {
  assert.equal((await rawExchange(world.port, requestText(world))).status, 200);
};

test(
  'the right request is let in',
  withWorld(async (world) => {
    for (const host of [`127.0.0.1:${world.port}`, `localhost:${world.port}`]) {
      assert.equal((await rawExchange(world.port, requestText(world, { host }))).status, 200);
      const more = [`Origin: http://${host}`];
      assert.equal((await rawExchange(world.port, requestText(world, { host, more }))).status, 200);
    }
  }),
);

test(
  'no token, an old one, a part of it, or one in another form is refused',
  withWorld(async (world) => {
    const wrong = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token}x`,
      `Bearer ${token.toLowerCase()}`,
      `Bearer ${'A'.repeat(43)}`,
      `Bearer ${token} ${token}`,
      `Basic ${Buffer.from(`:${token}`).toString('base64')}`,
      token,
      `Bearer ${'\u00e9'.repeat(20)}`,
    ];
    for (const authorization of wrong) {
      await refusedAtBothDoors(world, 401, 'request.unauthorized', { authorization });
    }
    const twice = { more: ['Authorization: Bearer wrong'] };
    await refusedAtBothDoors(world, 401, 'request.unauthorized', twice);
    const answer = await rawExchange(world.port, requestText(world, { authorization: undefined }));
    assert.equal(answer.headers['www-authenticate'], 'Bearer');
    assert.equal(answer.body.includes(token), false);
    await stillAnswers(world);
  }),
);

test(
  'another Host is refused, as is none and more than one',
  withWorld(async (world) => {
    const { port } = world;
    const hosts = [
      undefined,
      '',
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      `localhost.evil.example:${port}`,
      `evil-127.0.0.1:${port}`,
      `0.0.0.0:${port}`,
      `[::1]:${port}`,
      `127.1:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port === 80 ? 81 : 80}`,
      `127.0.0.1:${port}0`,
      `user@127.0.0.1:${port}`,
      `127.0.0.1:${port}, evil.example`,
    ];
    for (const host of hosts) await refusedAtBothDoors(world, 421, 'request.misdirected', { host });
    await refusedAtBothDoors(world, 421, 'request.misdirected', { more: ['Host: evil.example'] });
    await refusedAtBothDoors(world, 421, 'request.misdirected', { more: [`Host: 127.0.0.1:${port}`] });
    await stillAnswers(world);
  }),
);

test(
  'a request line that does not begin with a path is refused',
  withWorld(async (world) => {
    for (const target of [`http://127.0.0.1:${world.port}/api/events`, 'http://evil.example/api/events']) {
      await refusedAtBothDoors(world, 421, 'request.misdirected', { line: `GET ${target} HTTP/1.1` });
    }
    const asterisk = await rawExchange(world.port, requestText(world, { line: 'OPTIONS * HTTP/1.1' }));
    assert.equal(asterisk.status, 421);
    const connect = await rawExchange(world.port, requestText(world, { line: 'CONNECT evil.example:80 HTTP/1.1' }));
    assert.equal(connect.status, 0);
    await stillAnswers(world);
  }),
);

test(
  'another Origin is refused, malformed ones too, and nothing crashes',
  withWorld(async (world) => {
    const { port } = world;
    const origins = [
      'http://evil.example',
      'null',
      '',
      'file://',
      `http://127.0.0.1:${port === 3000 ? 3001 : 3000}`,
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}.evil.example`,
      `http://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}x`,
      `http://evil.example/http://127.0.0.1:${port}`,
      // Ours by its other name, which is another origin for a browser.
      `http://localhost:${port}`,
      'http://[',
      '%%%',
      'http://\u00ff',
    ];
    for (const origin of origins) {
      await refusedAtBothDoors(world, 403, 'request.forbidden', { more: [`Origin: ${origin}`] });
    }
    const ours = `Origin: http://127.0.0.1:${port}`;
    await refusedAtBothDoors(world, 403, 'request.forbidden', { more: [ours, ours] });
    await stillAnswers(world);
  }),
);

test(
  'a token in the URL is refused even when it is right, and is not answered back',
  withWorld(async (world) => {
    for (const query of [`token=${token}`, `x=${token}`, 'token=guess', 'access_token=guess', 'a=1&TOKEN=guess']) {
      const options = { line: `GET /api/events?${query} HTTP/1.1` };
      await refusedAtBothDoors(world, 400, 'input.invalid', options);
      for (const answer of await atBothDoors(world, options)) assert.equal(answer.body.includes(token), false);
    }
    assert.equal(world.logged.join('\n').includes(token), false);
  }),
);

test(
  'a page of another site can neither send a command nor read an answer',
  withWorld(async (world) => {
    const body = JSON.stringify({ prompt: 'x', repository: '/', agent: 'rehearsal' });
    const simple = (type: string, more: readonly string[]): Promise<RawAnswer> =>
      rawExchange(
        world.port,
        requestText(world, {
          line: 'POST /api/sessions HTTP/1.1',
          more: [`Content-Type: ${type}`, `Content-Length: ${body.length}`, ...more],
          body,
        }),
      );
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
      assert.equal((await simple(type, ['Origin: http://evil.example'])).code, 'request.forbidden');
      assert.equal((await simple(type, [])).code, 'input.invalid');
    }
    const preflight = await rawExchange(
      world.port,
      requestText(world, {
        line: 'OPTIONS /api/sessions HTTP/1.1',
        authorization: undefined,
        more: ['Origin: http://evil.example', 'Access-Control-Request-Method: POST'],
      }),
    );
    assert.equal(preflight.status, 403);
    const good = await rawExchange(world.port, requestText(world));
    for (const answer of [preflight, good]) {
      assert.deepEqual(
        Object.keys(answer.headers).filter((name) => name.startsWith('access-control-')),
        [],
      );
    }
    assert.deepEqual(world.runtime.calls, []);
  }),
);

test(
  'every answer forbids that anything in it runs, is framed, kept or named in a Referer',
  withWorld(async (world) => {
    const answers = [
      await rawExchange(world.port, requestText(world)),
      await rawExchange(world.port, requestText(world, { line: 'GET /none HTTP/1.1' })),
      ...(await atBothDoors(world, { authorization: undefined })),
    ];
    for (const { headers } of answers) {
      assert.match(headers['content-security-policy'] ?? '', /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-powered-by'], undefined);
    }
  }),
);

test('whatever the headers are, the guard decides and never raises', () => {
  const policy = { port: 4711, token };
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('host', 'Origin', 'authorization', `Bearer ${token}`),
  );
  fc.assert(
    fc.property(fc.string(), fc.array(text), (url, rawHeaders) => {
      assert.notEqual(guardRequest({ url, rawHeaders }, policy), null);
    }),
  );
  assert.notEqual(guardRequest({ rawHeaders: [] }, policy), null);
  assert.equal(
    guardRequest({ url: '/', rawHeaders: ['HOST', 'localhost:4711', 'authorization', `bearer ${token}`] }, policy),
    null,
  );
});

/** What the guard says while every comparison of secrets answers `isEqual`, and the lengths that were compared. */
const whileComparing = (isEqual: boolean, url: string, given: string) => {
  const original = crypto.timingSafeEqual;
  const lengths: (readonly [number, number])[] = [];
  crypto.timingSafeEqual = (left, right) => {
    lengths.push([left.byteLength, right.byteLength]);
    return isEqual;
  };
  syncBuiltinESMExports();
  try {
    const rawHeaders = ['Host', '127.0.0.1:4711', 'Authorization', `Bearer ${given}`];
    return { refusal: guardRequest({ url, rawHeaders }, { port: 4711, token })?.code ?? null, lengths };
  } finally {
    crypto.timingSafeEqual = original;
    syncBuiltinESMExports();
  }
};

test('nothing but a comparison that takes the same time for every guess looks at the token', () => {
  const guesses = [
    token,
    `x${token.slice(1)}`,
    `${token.slice(0, -1)}x`,
    ...Array.from({ length: 100 }, (_, length) => 'A'.repeat(length + 1)),
    'A'.repeat(10_000),
  ];
  for (const guess of guesses) {
    // Whatever is guessed, it is one comparison of two hashes, and the answer is what that says, right or wrong.
    const hashes = [[32, 32]];
    assert.deepEqual(whileComparing(false, '/', guess), { refusal: 'request.unauthorized', lengths: hashes });
    assert.deepEqual(whileComparing(true, '/', guess), { refusal: null, lengths: hashes });
  }
  // A URL is looked at before anybody has shown that he may ask: how much of a guess in it is right must not show.
  const urls = [token, `x${token.slice(1)}`, `${token.slice(0, -1)}x`, 'A'.repeat(43)].map((guess) => `/x/${guess}`);
  const compared = urls.map((url) => whileComparing(false, url, 'wrong'));
  for (const one of compared) assert.deepEqual(one, compared[0]);
  assert.equal(compared[0]?.refusal, 'request.unauthorized', 'no other comparison found the token');
});

test.run();
