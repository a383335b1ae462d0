import assert from 'node:assert/strict';
import { errorCodes, ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { problem } from '../../../../actors/protocol/gateway/api.ts';
import { problemOf } from '../../../../runtime/gateway/http/problems.ts';
import { suite } from '../../../support/suite.ts';
import { ask, sessionId, withWorld } from '../world.ts';

const test = suite('gateway problems');

test('every code has a problem of its own with a fitting status', () => {
  for (const code of errorCodes) {
    const told = problem.parse(problemOf(new ThroughlineError(code, 'what happened', { hint: 'what to do' })));
    assert.equal(told.code, code);
    assert.equal(told.type, `urn:throughline:problem:${code}`);
    assert.ok(told.status >= 400 && told.status < 600);
    assert.notEqual(told.title, 'Error');
    if (code !== 'internal') assert.deepEqual([told.detail, told.hint], ['what happened', 'what to do']);
  }
});

test('what the runtime refuses with reaches the client with its code, over HTTP', async () => {
  for (const code of errorCodes) {
    await withWorld(
      async (world) => {
        const answer = await ask(world, 'POST', `/api/sessions/${sessionId}/interrupt`, {});
        const told = problem.parse(await answer.json());
        assert.equal(told.code, code);
        assert.equal(answer.status, told.status);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
      },
      { runtime: { interrupt: () => Promise.reject(new ThroughlineError(code, 'no')) } },
    )();
  }
});

test(
  'an error inside is logged with its cause and told without it',
  withWorld(
    async (world) => {
      const answer = await ask(world, 'GET', '/api/dashboard');
      const text = await answer.text();
      assert.equal(answer.status, 500);
      assert.match(text, /"code":"internal"/);
      assert.match(text, /runtime\.log/);
      assert.doesNotMatch(text, /secret|disk/);
      assert.match(world.logged.join('\n'), /a request failed method=GET path=\/api\/dashboard: secret path: disk/);
    },
    {
      runtime: {
        dashboard: () => Promise.reject(new Error('secret path', { cause: new Error('disk') })),
      },
    },
  ),
);

test(
  'an answer that does not fit its schema is an error inside, not a lie',
  withWorld(
    async (world) => {
      assert.equal((await ask(world, 'GET', '/api/dashboard')).status, 500);
      assert.match(world.logged.join('\n'), /version/);
    },
    { runtime: { dashboard: () => Promise.resolve({ version: 'many', rows: [] } as never) } },
  ),
);

test.run();
