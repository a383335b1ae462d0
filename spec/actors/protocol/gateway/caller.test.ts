import { equal, is } from 'uvu/assert';
import type { RouteAnswer, RouteName } from '../../../../actors/protocol/gateway/api.ts';
import { type CallRequest, createCaller } from '../../../../actors/protocol/gateway/caller.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('the caller of the routes');
const lines = { rename: 'POST /api/sessions/{id}/rename', history: 'GET /api/sessions/{id}/history' } as const;
type Names = keyof typeof lines;

class Refused extends Error {
  readonly status: number;
  readonly said: unknown;
  constructor(status: number, said: unknown) {
    super(String(status));
    this.status = status;
    this.said = said;
  }
}

const callerOf = (send: (path: string, request: CallRequest) => Promise<Response>) =>
  createCaller<Names, { readonly signal?: AbortSignal }>({
    lineOf: (name) => lines[name],
    send: (path, request) => send(path, request),
    parse: <Name extends RouteName>(_: Name, answer: unknown) => {
      if (answer === 'wrong') throw new Error('no such answer');
      return answer as RouteAnswer<Name>;
    },
    errorOf: (status, said) => new Refused(status, said),
  });

const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (thrown: unknown) => thrown,
  );

test('a line is filled so that nothing in a parameter can leave its place; only a body has a type', async () => {
  const asked: unknown[] = [];
  const call = callerOf(async (...request) => {
    asked.push(request);
    return Response.json({ ok: true });
  });
  await call('rename', { parameters: { id: '../a b?c' }, body: { name: 'new' } });
  await call('history', { parameters: { id: '1' }, query: { limit: 5, after: undefined, before: 'end' } });
  equal(asked, [
    [
      '/api/sessions/..%2Fa%20b%3Fc/rename',
      {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"new"}',
      },
    ],
    ['/api/sessions/1/history?limit=5&before=end', { method: 'GET', redirect: 'error' }],
  ]);
});

test('what answers in no way, in a wrong way, and with a refusal are told apart', async () => {
  const input = { parameters: { id: '1' } };
  const failed = async (send: () => Promise<Response>): Promise<unknown> => {
    const error = await refusalOf(callerOf(send)('history', input));
    return error instanceof Refused ? [error.status, error.said instanceof Error ? 'its cause' : error.said] : error;
  };
  equal(await failed(() => Promise.reject(new Error('nobody'))), [0, 'its cause']);
  equal(await failed(async () => new Response('<html>')), [200, 'its cause']);
  equal(await failed(async () => Response.json('wrong')), [200, 'its cause']);
  equal(await failed(async () => Response.json({ code: 'session.busy' }, { status: 409 })), [
    409,
    { code: 'session.busy' },
  ]);
  equal(await failed(async () => new Response('<html>', { status: 502 })), [502, 'its cause']);
});

test('who has given up hears their own reason', async () => {
  const giving = new AbortController();
  const call = callerOf(async () => {
    giving.abort();
    throw giving.signal.reason;
  });
  const error = await refusalOf(call('history', { parameters: { id: '1' } }, { signal: giving.signal }));
  is(error, giving.signal.reason);
});

test.run();
