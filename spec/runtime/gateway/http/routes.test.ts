import assert from 'node:assert/strict';
import { problem, type Route, type RouteName, routes } from '../../../../actors/protocol/gateway/api.ts';
import { openApiDocument } from '../../../../runtime/gateway/http/open-api.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { landingId } from '../memory-landing.ts';
import { commentId, tree } from '../memory-review.ts';
import { approvalId, ask, commandId, sessionId, type World, withWorld } from '../world.ts';

const test = suite('gateway routes');

const newSession = { prompt: 'do it', repository: '/repository', agent: 'rehearsal' };

/** A good request of every route: a route without one does not compile. */
const samples: Readonly<Record<RouteName, { readonly query?: string; readonly body?: unknown }>> = {
  health: {},
  dashboard: {},
  session: {},
  history: { query: '?after=2:41&limit=10' },
  agents: {},
  agentOptions: {},
  actors: {},
  usage: { query: '?by=day,agent&since=1000' },
  verify: {},
  startSession: { body: newSession },
  prompt: { body: { prompt: 'more' } },
  resume: { body: {} },
  interrupt: { body: {} },
  endLeftRunning: { body: {} },
  decide: { body: { decision: 'allow' } },
  chooseOption: { body: { optionId: 'model', value: 'big' } },
  rename: { body: { name: ' new name ' } },
  archive: { body: {} },
  remove: { query: '?force=true' },
  steps: { query: '?after=3&limit=10' },
  overview: {},
  whatIf: { body: { after: 3, events: [{ type: 'interrupt_requested', payload: { attempt: 1 } }] } },
  find: { query: '?type=error,status&after=1:3&direction=previous' },
  changes: {},
  diff: {},
  files: { query: '?query=api' },
  openWorktree: { body: {} },
  search: { query: '?text=tests&type=message&limit=5' },
  work: {},
  queuePrompt: { body: { prompt: 'next' } },
  queue: {},
  changeQueued: { body: { place: 2 } },
  withdrawQueued: {},
  sendQueued: { body: {} },
  pause: { body: { until: 1_800_000_000_000 } },
  continue: { body: {} },
  landing: { query: '?how=rebase' },
  commit: { body: {} },
  land: { body: { sessions: [sessionId] } },
  landings: {},
  arrangeLanding: { body: { before: null } },
  withdrawLanding: {},
  undoLanding: { body: {} },
  restore: { body: { to: 2, kind: 'undo' } },
  previewRestore: { body: { to: 'before-run:3', paths: ['a/b.ts'], kind: 'discard' } },
  stage: { body: { paths: ['a/b.ts'], staged: true } },
  discarded: {},
  verifySnapshots: {},
  restoreDiscarded: { body: { into: null } },
  deleteDiscarded: {},
  reviewRanges: {},
  reviewFiles: { query: '?range=S2..now' },
  reviewPatch: { query: `?from=${tree}&to=${tree}&path=src%2Fa.ts&context=all` },
  reviewBlob: { query: `?blob=${tree}` },
  lookedAt: { body: { snapshot: 3 } },
  viewed: { body: { path: 'src/a.ts', blob: tree, viewed: true } },
  reviewComments: { query: `?tree=${tree}` },
  comment: { body: { path: 'src/a.ts', from: 1, to: 2, text: 'Why?', tree } },
  changeComment: { body: { resolved: true } },
  removeComment: {},
  sendReview: { body: { queue: true } },
  unqueueReview: {},
  reviewPrompt: { query: `?comments=${commentId}&words=Please` },
  openInEditor: { body: { path: 'src/a.ts', line: 4 } },
  checks: {},
  runChecks: { body: { names: ['tests'] } },
  cancelCheck: { body: {} },
  sendCheck: { body: {} },
  repositorySetup: { query: '?path=/repository&base=main' },
  agreeToSetup: { body: { path: '/repository', hash: 'a'.repeat(64), agreed: true } },
  repositories: {},
  folders: { query: '?path=/ho' },
  repository: { query: '?path=/repository' },
  ticket: { body: {} },
  ticketState: {},
  raiseWindow: { body: {} },
  reconnectKey: { body: {} },
  reconnect: { body: { id: 'a-page-that-was-let-in', nonce: 'what-it-asks-to-be-proven' } },
  recall: {},
  blame: { query: '?repository=/repository&path=a.ts&line=3' },
  bisect: { body: { command: ['npm', 'test'] } },
  cancelBisect: {},
  push: { body: {} },
  pullRequest: {},
  openPullRequest: { body: { title: 'A request', draft: true } },
  sendPullRequest: { body: {} },
  remember: { body: { value: 'dark' } },
  takeUpSettings: { body: {} },
  stop: { body: {} },
};

const queueId = '01890a5d-ac96-774b-bcce-b302099a8071';

const pathOf = (template: string): string =>
  template
    .replace('{id}', sessionId)
    .replace('{approvalId}', approvalId)
    .replace('{landingId}', landingId)
    .replace('{queueId}', queueId)
    .replace('{commentId}', commentId)
    .replace('{commandId}', commandId)
    .replace('{run}', '1')
    .replace('{name}', 'theme');

const callRoute = (world: World, name: RouteName): Promise<Response> => {
  const { method, path } = routes[name];
  const { query = '', body } = samples[name];
  return ask(world, method, pathOf(path) + query, body);
};

test(
  'every route answers what its schema says',
  withWorld(async (world) => {
    for (const name of Object.keys(routes) as RouteName[]) {
      const answer = await callRoute(world, name);
      if ('bytes' in routes[name]) {
        assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())], [0x89, 0x50]);
        assert.equal(answer.headers.get('content-type'), 'image/png');
        continue;
      }
      const value: unknown = await answer.json();
      assert.equal(answer.status, 200, `${name}: ${JSON.stringify(value)}`);
      assert.deepEqual((routes[name] as Route).answer.parse(value), value);
    }
  }),
);

test(
  'requests reach the runtime as its types say, with their defaults',
  withWorld(async (world) => {
    const { calls } = world.runtime;
    for (const name of [
      'startSession',
      'prompt',
      'resume',
      'interrupt',
      'endLeftRunning',
      'decide',
      'chooseOption',
      'rename',
      'archive',
      'remove',
      'history',
    ] as const) {
      await callRoute(world, name);
    }
    await ask(world, 'GET', `/api/agents/${encodeURIComponent('acp:/bin/my-agent --acp')}/options`);
    await ask(world, 'GET', `/api/sessions/${sessionId.toUpperCase()}/history`);
    await ask(world, 'GET', `/api/search?text=word&session=${sessionId.toUpperCase()}`);
    assert.deepEqual(calls, [
      ['startSession', { ...newSession, approvals: 'ask', worktree: true }],
      ['prompt', sessionId, 'more', undefined],
      ['resume', sessionId, undefined, undefined],
      ['interrupt', sessionId],
      ['endLeftRunning', sessionId],
      ['decide', sessionId, approvalId, { decision: 'allow' }],
      ['chooseOption', sessionId, { optionId: 'model', value: 'big' }],
      ['rename', sessionId, 'new name'],
      ['archive', sessionId, true],
      ['remove', sessionId, { force: true, conversation: false }],
      ['history', sessionId, { run: 2, seq: 41 }, 10],
      ['agentOptions', 'acp:/bin/my-agent --acp'],
      ['history', sessionId, null, 200],
      ['search', { text: 'word', session: sessionId, limit: 30 }],
    ]);
    const page = (await (await callRoute(world, 'history')).json()) as { next: string };
    assert.equal(page.next, '2:41');
  }),
);

test(
  'stop is answered first and carried out then, once for each request',
  withWorld(async (world) => {
    assert.deepEqual(await (await callRoute(world, 'stop')).json(), { ok: true });
    await until('the end is asked for', () => world.stopRequests() === 1);
  }),
);

test(
  'what does not fit a schema is refused with the place where it does not',
  withWorld(async (world) => {
    const wrong: readonly (readonly [string, string, unknown, RegExp])[] = [
      ['GET', '/api/sessions/not-an-id', undefined, /the path is wrong at id/],
      ['GET', `/api/sessions/${sessionId}/history?limit=0`, undefined, /the query is wrong at limit/],
      ['GET', `/api/sessions/${sessionId}/history?limit=5&limit=6`, undefined, /limit more than once/],
      ['GET', `/api/sessions/${sessionId}/history?after=x`, undefined, /RUN:SEQ/],
      ['GET', '/api/agents/%E0%A4/options', undefined, /the path is wrong at name/],
      ['GET', '/api/dashboard?colour=red', undefined, /the query is wrong: .*colour/],
      ['DELETE', `/api/sessions/${sessionId}?force=perhaps`, undefined, /the query is wrong at force/],
      [
        'POST',
        '/api/sessions',
        { ...newSession, prompt: '  ' },
        /the body is wrong at prompt: a prompt cannot be empty/,
      ],
      ['POST', '/api/sessions', { ...newSession, extra: 1 }, /the body is wrong: .*extra/],
      ['POST', `/api/sessions/${sessionId}/interrupt`, { force: true, conversation: false }, /force/],
      ['POST', `/api/sessions/${sessionId}/approvals/1`, { decision: 'allow' }, /the path is wrong at approvalId/],
    ];
    for (const [method, path, body, pattern] of wrong) {
      const answer = await ask(world, method, path, body);
      const told = problem.parse(await answer.json());
      assert.deepEqual([answer.status, told.code], [400, 'input.invalid'], path);
      assert.match(told.detail, pattern);
    }
    assert.deepEqual(world.runtime.calls, []);
  }),
);

test(
  'what is no route is not found, however it is written',
  withWorld(async (world) => {
    const none: readonly (readonly [string, string])[] = [
      ['GET', '/api'],
      ['GET', '/api/'],
      ['GET', '/api/health/'],
      ['GET', '//api/health'],
      ['GET', '/API/health'],
      ['GET', '/api/%68ealth'],
      ['GET', '/api/sessions/..%2fhealth/history/x'],
      ['GET', '/constructor'],
      ['POST', '/api/health'],
      ['PUT', '/api/dashboard'],
      ['DELETE', '/api/sessions'],
      ['GET', '/api/events'],
      ['GET', '/.git/config'],
    ];
    for (const [method, path] of none) {
      const answer = await ask(world, method, path);
      assert.deepEqual([answer.status, problem.parse(await answer.json()).code], [404, 'route.not_found'], path);
    }
    assert.equal((await ask(world, 'HEAD', '/api/health')).status, 404);
  }),
);

type Operation = {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: {
    readonly content: Record<string, { readonly schema: { readonly required?: readonly string[] } }>;
  };
  readonly responses: Record<string, object>;
};
type Document = {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
};

test(
  'the OpenAPI document has each route and WebSocket, and none else',
  withWorld(async (world) => {
    const answer = await ask(world, 'GET', '/api/openapi.json');
    const document = (await answer.json()) as Document;
    assert.match(document.openapi, /^3\.1\./);
    assert.equal(document.info.version, '1.2.3');
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`),
    );
    const expected = Object.entries(routes).map(([name, { method, path }]) => `${method} ${path} ${name}`);
    assert.deepEqual(
      described.sort(),
      [
        ...expected,
        'GET /api/events eventTail',
        'GET /api/dashboard/live dashboardLive',
        'GET /api/actors/live actorsLive',
      ].sort(),
    );
    assert.equal((await fetch(`${world.url}/api/openapi.json`)).status, 401);
  }),
);

test(
  'what the OpenAPI document describes is there and answers',
  withWorld(async (world) => {
    const { paths } = (await (await ask(world, 'GET', '/api/openapi.json')).json()) as Document;
    for (const [path, operations] of Object.entries(paths)) {
      if (path === '/api/events' || path.endsWith('/live')) continue; // WebSockets, with tests of their own
      for (const [method, { operationId }] of Object.entries(operations)) {
        const { query = '', body } = samples[operationId as RouteName];
        assert.equal((await ask(world, method.toUpperCase(), pathOf(path) + query, body)).status, 200, path);
      }
    }
  }),
);

test('the OpenAPI document names every parameter and body of the schemas', () => {
  const { paths } = openApiDocument('0') as Document;
  const history = paths['/api/sessions/{id}/history']?.get;
  assert.deepEqual(
    history?.parameters.map(({ name, in: place, required }) => [name, place, required]),
    [
      ['id', 'path', true],
      ['after', 'query', false],
      ['before', 'query', false],
      ['limit', 'query', false],
    ],
  );
  assert.deepEqual(history?.parameters[3]?.schema, { default: 200, type: 'integer', minimum: 1, maximum: 1000 });
  const body = paths['/api/sessions']?.post?.requestBody?.content['application/json']?.schema;
  assert.deepEqual(body?.required, ['prompt', 'repository', 'agent']);
  for (const path of Object.keys(paths)) {
    const inTemplate = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const operation of Object.values(paths[path] ?? {})) {
      const described = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      assert.deepEqual(described, inTemplate);
      assert.ok(operation.responses.default);
    }
  }
});

test.run();
