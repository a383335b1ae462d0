import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { reconnectProof } from '../../../actors/protocol/reconnect-proof.ts';
import { createAccess } from '../../../runtime/gateway/access.ts';
import { readPageFile } from '../../../runtime/gateway/page-files.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { ask, openWorld, rawExchange, requestText, token, upgradeText, type World, withWorld } from './world.ts';

const test = suite('gateway access');

const newTicket = async (world: World): Promise<string> => {
  const { url } = (await (await ask(world, 'POST', '/api/tickets', {})).json()) as { url: string };
  return url;
};

/** The cookie that a browser would send after it was let in. */
const letIn = async (world: World): Promise<string> => {
  const answer = await fetch(await newTicket(world), { redirect: 'manual' });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
};

const asBrowser = (world: World, line: string, cookie: string, more: readonly string[] = [], body = '') =>
  rawExchange(
    world.port,
    requestText(world, {
      line: `${line} HTTP/1.1`,
      authorization: undefined,
      more: [`Cookie: ${cookie}`, ...more],
      body,
    }),
  );

test(
  'a ticket is exchanged once for a cookie that no script can read and no other site can send',
  withWorld(async (world) => {
    const url = await newTicket(world);
    assert.match(url, new RegExp(`^http://127\\.0\\.0\\.1:${world.port}/open/[\\w-]{43}$`));
    const looked = await fetch(url, { method: 'HEAD', redirect: 'manual' });
    assert.is.not(looked.status, 303, 'a look ahead does not use it up');
    const answer = await fetch(url, { redirect: 'manual' });
    assert.equal([answer.status, answer.headers.get('location')], [303, '/']);
    assert.match(
      answer.headers.get('set-cookie') ?? '',
      new RegExp(`^throughline_${world.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/api$`),
    );
    assert.not.ok((answer.headers.get('set-cookie') ?? '').includes(token));
    for (const wrong of [url, `${url}x`, `${world.url}/open/`, `${world.url}/open/${'x'.repeat(43)}`]) {
      const refused = await fetch(wrong, { redirect: 'manual' });
      assert.equal([refused.status, refused.headers.get('set-cookie')], [403, null]);
      assert.match(await refused.text(), /Run `throughline` in a terminal/);
    }
    assert.is(
      (await rawExchange(world.port, requestText(world, { line: 'GET /open/x HTTP/1.1', host: 'evil' }))).status,
      421,
    );
  }),
);

test('a ticket that is late is refused, and so is a cookie of another runtime', async () => {
  let now = 1_000;
  const access = createAccess({ token, port: () => 4_000, now: () => now });
  const late = access.issueTicket();
  assert.is(late.expiresAt, 61_000);
  now = late.expiresAt;
  assert.is(access.redeemTicket(late.url.split('/').at(-1) ?? ''), null);
  const cookie = access.redeemTicket(access.issueTicket().url.split('/').at(-1) ?? '')?.split(';')[0] ?? '';
  assert.ok(access.admits(`other=1; ${cookie}`));
  assert.not.ok(access.admits(cookie.replace('throughline_4000', 'throughline_4001')));
  assert.not.ok(createAccess({ token, port: () => 4_000 }).admits(cookie));
});

test(
  'with the cookie everything can be asked, but only as a page of ours asks it',
  withWorld(async (world) => {
    const cookie = await letIn(world);
    const origin = `Origin: http://127.0.0.1:${world.port}`;
    const json = ['Content-Type: application/json', 'Content-Length: 2'];
    assert.is((await asBrowser(world, 'GET /api/health', cookie)).status, 200);
    assert.is((await asBrowser(world, 'GET /api/health', cookie, ['Sec-Fetch-Site: same-origin'])).status, 200);
    assert.is((await asBrowser(world, 'GET /api/health', cookie, ['Sec-Fetch-Site: same-site'])).status, 403);
    assert.is((await asBrowser(world, 'GET /api/health', cookie, ['Sec-Fetch-Site: cross-site'])).status, 403);
    assert.is((await asBrowser(world, 'GET /api/health', cookie, ['Origin: http://127.0.0.1:1'])).status, 403);
    assert.is((await asBrowser(world, 'POST /api/tickets', cookie, [...json, origin], '{}')).status, 200);
    assert.is((await asBrowser(world, 'POST /api/tickets', cookie, json, '{}')).status, 403, 'an origin is needed');
    assert.is((await asBrowser(world, 'POST /api/tickets', cookie, [...json, 'Origin: null'], '{}')).status, 403);
    assert.is((await asBrowser(world, 'GET /api/health', `${cookie}x`)).status, 401);
    assert.is((await asBrowser(world, 'GET /api/health', cookie, ['Authorization: Bearer wrong'])).status, 401);
    assert.is((await asBrowser(world, 'GET /api/health', cookie, [`Cookie: ${cookie}`])).status, 401, 'two headers');
    const upgrade = (more: readonly string[]) =>
      rawExchange(world.port, upgradeText(world, { authorization: undefined, more: [`Cookie: ${cookie}`, ...more] }));
    assert.is((await upgrade([])).status, 403);
    assert.is((await upgrade(['Origin: http://evil'])).status, 403);
  }),
);

test('a page comes back to the next runtime by its key, and what it sent to an impostor opens nothing', async () => {
  const first = await openWorld();
  const cookie = await letIn(first);
  const origin = { origin: first.url };
  const { id, key } = (await (
    await fetch(`${first.url}/api/reconnect-key`, {
      method: 'POST',
      headers: { cookie, ...origin, 'content-type': 'application/json' },
      body: '{}',
    })
  ).json()) as { id: string; key: string };
  await first.close();
  // The same data directory, so the same token.
  const next = await openWorld();
  try {
    const post = (body: unknown): Promise<Response> =>
      fetch(`${next.url}/api/reconnect`, {
        method: 'POST',
        headers: { cookie, origin: next.url, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const challenge = async (): Promise<string> => ((await (await post({ id })).json()) as { nonce: string }).nonce;
    assert.is((await asBrowser(next, 'GET /api/health', cookie)).status, 401, 'the old cookie is worth nothing');

    const nonce = await challenge();
    const elsewhere = await reconnectProof(key, nonce, next.port + 1);
    assert.is((await post({ id, answer: { nonce, proof: elsewhere } })).status, 401, 'made for another port');
    const proof = await reconnectProof(key, nonce, next.port);
    assert.is((await post({ id, answer: { nonce, proof } })).status, 401, 'a nonce is good for one answer');
    const again = await challenge();
    const other = await reconnectProof('another-key-than-its-own', again, next.port);
    assert.is((await post({ id, answer: { nonce: again, proof: other } })).status, 401);

    const last = await challenge();
    const welcome = await post({ id, answer: { nonce: last, proof: await reconnectProof(key, last, next.port) } });
    assert.equal([welcome.status, await welcome.json()], [200, { kind: 'welcome' }]);
    const fresh = (welcome.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    assert.is((await asBrowser(next, 'GET /api/health', fresh)).status, 200);
  } finally {
    await next.close();
  }
});

test('the page and its files come without a token, under a policy that lets nothing else run', async () => {
  const folder = temporaryFolder('page');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Throughline</title>');
  writeFileSync(join(folder, 'window.js'), 'export {};');
  mkdirSync(join(folder, 'fonts'));
  writeFileSync(join(folder, 'fonts', 'text.woff2'), 'font');
  writeFileSync(join(folder, '.secret.js'), 'secret');
  symlinkSync('/etc/passwd', join(folder, 'passwd.js'));
  const world = await openWorld({ windowFolders: [folder] });
  try {
    const page = await fetch(`${world.url}/`);
    assert.is(page.status, 200);
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(
      policy,
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:\/\/127\.0\.0\.1:\d+;/,
    );
    assert.match(policy, /frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/);
    assert.not.ok(policy.includes('unsafe'));
    assert.is(page.headers.get('x-content-type-options'), 'nosniff');
    assert.is(page.headers.get('access-control-allow-origin'), null);
    assert.is((await fetch(`${world.url}/window.js`)).headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.is((await fetch(`${world.url}/fonts/text.woff2`)).status, 200);
    assert.is(
      (await rawExchange(world.port, requestText(world, { line: 'GET / HTTP/1.1', host: 'evil' }))).status,
      421,
    );
    for (const path of [
      '/.secret.js',
      '/passwd.js',
      '/../package.json',
      '/%2e%2e/package.json',
      '/fonts',
      '/none.js',
      '/fonts/../window.js',
    ]) {
      const answer = await rawExchange(
        world.port,
        requestText(world, { line: `GET ${path} HTTP/1.1`, authorization: undefined }),
      );
      assert.is(answer.status, 401, path);
    }
  } finally {
    await world.close();
  }
  assert.is(await readPageFile([folder], '/window.js\0'), null);
  const without = await openWorld({ windowFolders: [temporaryFolder('empty')] });
  const answer = await fetch(`${without.url}/`);
  assert.is(answer.status, 404);
  assert.match(await answer.text(), /node build\.mjs/);
  await without.close();
});

test.run();
