import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { equal, is, match } from 'uvu/assert';
import { asThroughlineError, type ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { routes } from '../../../actors/protocol/gateway/api.ts';
import { type Client, createClient } from '../../../runtime/client/client.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the client of the routes');
const id = '0190a1b2-c3d4-7000-8000-000000000001';

const withServer = async (answer: RequestListener, use: (client: Client) => Promise<void>): Promise<void> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'secret' }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const refusal = async (call: Promise<unknown>): Promise<ThroughlineError> =>
  call.then(
    () => {
      throw new Error('nothing was refused');
    },
    (thrown: unknown) => asThroughlineError(thrown),
  );

test('a call fills the path, sends token, query and body, and parses the answer', async () => {
  const seen: unknown[] = [];
  const answer: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push([request.method, request.url, request.headers.authorization, body]);
    response.end(JSON.stringify({ ok: true, parkedRef: null, extra: 1 }));
  };
  await withServer(answer, async (client) => {
    equal(await client.remove({ parameters: { id }, query: { force: 'true' } }), { ok: true, parkedRef: null });
    await client.call('rename', { parameters: { id }, body: { name: 'new' } });
  });
  equal(seen, [
    ['DELETE', `/api/sessions/${id}?force=true`, 'Bearer secret', ''],
    ['POST', `/api/sessions/${id}/rename`, 'Bearer secret', '{"name":"new"}'],
  ]);
});

test('a problem becomes the error it was; a code of a newer program stays a failure', async () => {
  let code = 'session.busy';
  const answer: RequestListener = (_, response) => {
    response.statusCode = 409;
    response.end(JSON.stringify({ type: 'x', title: 'Busy', status: 409, detail: 'it is busy', code, hint: 'wait' }));
  };
  await withServer(answer, async (client) => {
    const known = await refusal(client.call('interrupt', { parameters: { id }, body: {} }));
    equal(known.toPlain(), { code: 'session.busy', message: 'it is busy', hint: 'wait' });
    code = 'session.on_the_moon';
    is((await refusal(client.call('health', {}))).code, 'internal');
  });
});

test('something else that answers there, and nothing that answers, are an unreachable runtime', async () => {
  await withServer(
    (_, response) => response.end('<html>hello</html>'),
    async (client) => {
      is((await refusal(client.call('health', {}))).code, 'runtime.unreachable');
    },
  );
  const nobody = createClient({ url: 'http://127.0.0.1:9', token: 'secret' });
  is((await refusal(nobody.call('health', {}))).code, 'runtime.unreachable');
});

test('every route of the contract is a function', () => {
  const client = createClient({ url: 'http://127.0.0.1:9', token: 'secret' });
  for (const name of Object.keys(routes))
    is(typeof Object.entries(client).find(([key]) => key === name)?.[1], 'function');
});

test('who gives up gets their own reason, whoever else is slow an unreachable runtime', async () => {
  await withServer(
    () => {},
    async (client) => {
      const giving = new AbortController();
      const call = client.health({}, { signal: giving.signal });
      giving.abort(new Error('enough'));
      is((await refusal(call)).message, 'enough');
      is((await refusal(client.health({}, { timeLimitMs: 20 }))).code, 'runtime.unreachable');
    },
  );
});

test('an answer that is cut off in its middle is none', async () => {
  const answer: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"ok":', () => response.destroy());
  };
  await withServer(answer, async (client) => {
    const error = await refusal(client.health());
    is(error.code, 'runtime.unreachable');
    match(error.message, 'does not answer');
  });
});

test.run();
