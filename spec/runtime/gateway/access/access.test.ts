import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { pageProof, runtimeProof } from '../../../../actors/protocol/gateway/reconnect-proof.ts';
import { reconnectAnswer, reconnectKey } from '../../../../actors/protocol/gateway/window.ts';
import { createAccess } from '../../../../runtime/gateway/access/access.ts';
import { createWindowHosts } from '../../../../runtime/gateway/access/window-host.ts';
import { readPageFile } from '../../../../runtime/gateway/http/page-files.ts';
import { askAsBrowser } from '../../../support/as-browser.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { ask, openWorld, rawExchange, requestText, token, upgradeText, type World, withWorld } from '../world.ts';

const test = suite('gateway access');

const newTicket = async (world: World): Promise<string> => {
  const { url } = (await (await ask(world, 'POST', '/api/tickets', {})).json()) as { url: string };
  return url;
};

type LetIn = { readonly cookie: string; readonly host: string };

/** The cookie that a browser would send after it was let in, and the host it is for. */
const letIn = async (world: World): Promise<LetIn> => {
  const url = await newTicket(world);
  return { cookie: (await askAsBrowser(url)).cookie, host: new URL(url).host };
};

const asBrowser = (world: World, line: string, { cookie, host }: LetIn, more: readonly string[] = [], body = '') =>
  rawExchange(
    world.port,
    requestText(world, {
      line: `${line} HTTP/1.1`,
      host,
      authorization: undefined,
      more: [`Cookie: ${cookie}`, ...more],
      body,
    }),
  );

test(
  'a ticket is exchanged once for a cookie that no script can read and no other site can send',
  withWorld(async (world) => {
    const url = await newTicket(world);
    assert.match(url, new RegExp(`^http://[0-9a-f]{32}\\.localhost:${world.port}/open/[\\w-]{43}$`));
    const { origin, pathname } = new URL(url);
    const looked = await askAsBrowser(url, { method: 'HEAD' });
    assert.is.not(looked.status, 303, 'a look ahead does not use it up');
    const answer = await askAsBrowser(url);
    assert.equal([answer.status, answer.headers.location], [303, '/']);
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    assert.match(cookie, new RegExp(`^throughline_${world.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/api$`));
    assert.not.ok(cookie.includes(token));
    for (const wrong of [url, `${url}x`, `${origin}/open/`, `${origin}/open/${'x'.repeat(43)}`]) {
      const refused = await askAsBrowser(wrong);
      assert.equal([refused.status, refused.headers['set-cookie']], [403, undefined]);
      assert.match(refused.text, /Run `throughline` in a terminal/);
    }
    for (const host of ['evil', `evil.localhost:${world.port}`, `${'0'.repeat(32)}.localhost:${world.port}`]) {
      const line = `GET ${pathname} HTTP/1.1`;
      assert.is((await rawExchange(world.port, requestText(world, { line, host }))).status, 421, host);
    }
  }),
);

const aMinute = 60_000;
const ticketIn = (url: string): string => url.split('/').at(-1) ?? '';

test('[law 14] a ticket that is late is refused, and so is a cookie of another runtime, or at another host', async () => {
  let now = 1_000;
  const hosts = createWindowHosts(token, 'linux');
  const host = `${hosts.current}:4000`;
  const access = createAccess({ token, hosts, port: () => 4_000, now: () => now });
  const late = access.issueTicket();
  assert.is(late.expiresAt, now + aMinute);
  now = late.expiresAt;
  assert.is(access.redeemTicket(ticketIn(late.url), host), null);

  const before = createWindowHosts(token, 'linux');
  const good = ticketIn(access.issueTicket().url);
  for (const wrong of [`${before.current}:4000`, `${hosts.current}:4001`, hosts.current, 'evil:4000', '']) {
    assert.is(access.redeemTicket(good, wrong), null, wrong);
  }
  const cookie = access.redeemTicket(good, host)?.split(';')[0] ?? '';
  assert.ok(access.admits(`other=1; ${cookie}`, host));
  assert.not.ok(access.admits(cookie, '127.0.0.1:4000'), 'what was given at one host is for that host');
  assert.not.ok(access.admits(cookie.replace('throughline_4000', 'throughline_4001'), host));
  assert.not.ok(createAccess({ token, hosts, port: () => 4_000 }).admits(cookie, host));
});

test('each runtime has a name that nobody knew, and knows those of its predecessors again', () => {
  const names = Array.from({ length: 100 }, () => createWindowHosts(token, 'linux').current);
  assert.is(new Set(names).size, names.length);
  const hosts = createWindowHosts(token, 'linux');
  const strangers = createWindowHosts('another token', 'linux');
  for (const name of names) {
    assert.ok(hosts.isOurs(name), name);
    assert.not.ok(strangers.isOurs(name), name);
    const last = name.at(31) === '0' ? '1' : '0';
    for (const wrong of [
      `${name.slice(0, 31)}${last}.localhost`,
      name.toUpperCase(),
      `x${name}`,
      `${name}.`,
      `a.${name}`,
    ]) {
      assert.not.ok(hosts.isOurs(wrong), wrong);
    }
  }
  assert.ok(hosts.isOurs('127.0.0.1'));
  assert.is(createWindowHosts(token, 'darwin').current, '127.0.0.1', 'where names below localhost need not be known');
});

test(
  'a browser that does not know such names is let in at 127.0.0.1, and its cookie is for that',
  withWorld(async (world) => {
    const url = await newTicket(world);
    const plain = `127.0.0.1:${world.port}`;
    const { cookie, status } = await askAsBrowser(url.replace(new URL(url).host, plain));
    assert.is(status, 303);
    assert.is((await asBrowser(world, 'GET /api/health', { cookie, host: plain })).status, 200);
    assert.is((await asBrowser(world, 'GET /api/health', { cookie, host: new URL(url).host })).status, 401);
  }),
);

test(
  'with the cookie everything can be asked, but only as a page of ours asks it',
  withWorld(async (world) => {
    const known = await letIn(world);
    const { cookie, host } = known;
    const origin = `Origin: http://${host}`;
    const json = ['Content-Type: application/json', 'Content-Length: 2'];
    const health = (more: readonly string[] = []) => asBrowser(world, 'GET /api/health', known, more);
    const post = (more: readonly string[]) => asBrowser(world, 'POST /api/tickets', known, [...json, ...more], '{}');
    assert.is((await health()).status, 200);
    assert.is((await health(['Sec-Fetch-Site: same-origin'])).status, 200);
    assert.is((await health(['Sec-Fetch-Site: same-site'])).status, 403);
    assert.is((await health(['Sec-Fetch-Site: cross-site'])).status, 403);
    assert.is((await health(['Origin: http://127.0.0.1:1'])).status, 403);
    assert.is((await health([`Origin: http://127.0.0.1:${world.port}`])).status, 403, 'ours, but not this one');
    assert.is((await post([origin])).status, 200);
    assert.is((await post([])).status, 403, 'an origin is needed');
    assert.is((await post(['Origin: null'])).status, 403);
    assert.is((await asBrowser(world, 'GET /api/health', { host, cookie: `${cookie}x` })).status, 401);
    assert.is((await health(['Authorization: Bearer wrong'])).status, 401);
    assert.is((await health([`Cookie: ${cookie}`])).status, 401, 'two headers');
    const upgrade = (more: readonly string[]) =>
      rawExchange(
        world.port,
        upgradeText(world, { host, authorization: undefined, more: [`Cookie: ${cookie}`, ...more] }),
      );
    assert.is((await upgrade([])).status, 403);
    assert.is((await upgrade(['Origin: http://evil'])).status, 403);
  }),
);

test('a page comes back to the next runtime by its key, and what it sent to an impostor opens nothing', async () => {
  const first = await openWorld();
  const known = await letIn(first);
  const headers = { cookie: known.cookie, 'content-type': 'application/json' };
  const given = await askAsBrowser(`http://${known.host}/api/reconnect-key`, {
    method: 'POST',
    headers: { ...headers, origin: `http://${known.host}` },
    body: '{}',
  });
  const { id, key } = reconnectKey.parse(JSON.parse(given.text));
  await first.close();
  // The same data directory, so the same token.
  const next = await openWorld();
  try {
    // The name of the first, which the page is still at, and the port that the next one would have, too.
    const host = known.host.replace(/:.*/u, `:${next.port}`);
    const post = async (body: unknown, from = host) => {
      const answer = await askAsBrowser(`http://${from}/api/reconnect`, {
        method: 'POST',
        headers: { ...headers, origin: `http://${from}` },
        body: JSON.stringify(body),
      });
      return { ...answer, body: JSON.parse(answer.text) as unknown };
    };
    const page = { id, nonce: 'what-the-page-asks-to-be-proven' };
    const challenge = async (from = host): Promise<string> => {
      const answer = reconnectAnswer.parse((await post(page, from)).body);
      if (answer.kind !== 'challenge') throw new Error('nothing was proven yet');
      assert.is(answer.proof, await runtimeProof(key, page.nonce, next.port, ''), 'it shows that it is no impostor');
      return answer.nonce;
    };
    const welcomed = async (unsaved: string, from = host): Promise<string> => {
      const nonce = await challenge(from);
      const proof = await pageProof(key, nonce, next.port, unsaved);
      const answer = reconnectAnswer.parse((await post({ ...page, answer: { nonce, proof, unsaved } }, from)).body);
      if (answer.kind !== 'welcome') throw new Error('a challenge was answered with another one');
      assert.is(answer.proof, await runtimeProof(key, page.nonce, next.port, answer.url));
      return answer.url;
    };
    const isAdmitted = async (who: LetIn) => (await asBrowser(next, 'GET /api/health', who)).status === 200;
    assert.not.ok(await isAdmitted({ ...known, host }), 'the old cookie is worth nothing');

    const nonce = await challenge();
    const elsewhere = await pageProof(key, nonce, next.port + 1, '{}');
    assert.is((await post({ ...page, answer: { nonce, proof: elsewhere } })).status, 401, 'made for another port');
    const proof = await pageProof(key, nonce, next.port, '{}');
    assert.is((await post({ ...page, answer: { nonce, proof } })).status, 401, 'a nonce is good for one answer');
    const again = await challenge();
    const other = await pageProof('another-key-than-its-own', again, next.port, '{}');
    assert.is((await post({ ...page, answer: { nonce: again, proof: other } })).status, 401);
    const last = await challenge();
    const said = { nonce: last, proof: await pageProof(key, last, next.port, '{}'), unsaved: '{"theme":"dark"}' };
    assert.is((await post({ ...page, answer: said })).status, 401, 'something was put into its mouth');

    const url = await welcomed('{"theme":"light","nothing such":1}');
    assert.is.not(new URL(url).host, host, 'it is led to the origin of the next one');
    assert.is(new URL(url).host, new URL(next.windowUrl()).host);
    const old = await askAsBrowser(url.replace(new URL(url).host, host));
    assert.equal([old.status, old.headers['set-cookie']], [403, undefined], 'nobody is let in where it was');
    const { cookie } = await askAsBrowser(url);
    assert.ok(await isAdmitted({ cookie, host: new URL(url).host }));
    assert.not.ok(await isAdmitted({ cookie, host }));
    assert.equal(await (await ask(next, 'GET', '/api/window/remembered')).json(), { theme: 'light' });

    const plain = `127.0.0.1:${next.port}`;
    assert.is(new URL(await welcomed('{}', plain)).host, plain, 'whose browser knows no other name stays there');
  } finally {
    await next.close();
  }
});

test('[law 14] the page and its files come without a token, under a policy that lets nothing else run', async () => {
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
