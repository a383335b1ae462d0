import * as assert from 'uvu/assert';
import type { ApprovalId } from '../../actors/protocol/facts/ids.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, errorOf, historyOf, saidIn, start } from '../support/world.ts';
import { evilAgent } from './support/evil-agent.ts';

const test = suite('attacks by a question', { timeLimitMs: 120_000 });
test.after(closeWorlds);

test('[law 12] [law 18] a form or a page that nobody could be shown is refused, and the session goes on', async () => {
  const world = createWorld('questions');
  const runtime = await world.open();
  const agent = evilAgent(async ({ ask, say }) => {
    const field = { type: 'string' };
    const form = (requestedSchema: unknown) => ({ mode: 'form', message: 'x', requestedSchema });
    const page = (url: string) => ({ mode: 'url', message: 'x', elicitationId: 'e', url });
    const deep = JSON.parse(`${'[['.repeat(2_000)}${']]'.repeat(2_000)}`);
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, field]));
    const answers = [];
    for (const params of [
      form({ properties: { a: { ...field, deep } } }),
      form({ properties: many }),
      form({ properties: { a: { ...field, description: 'x'.repeat(5_000_000) } } }),
      form({ properties: JSON.parse('{"__proto__":{"type":"string"}}') }),
      page('javascript:alert(1)'),
      page('java\tscript:alert(1)'),
      page('data:text/html,<script>alert(1)</script>'),
      page('file:///etc/passwd'),
      page(`https://x.example/${'x'.repeat(10_000)}`),
    ]) {
      const { error } = await ask('elicitation/create', params);
      answers.push(error === undefined ? 'ASKED' : 'refused');
    }
    say(answers.join(' '));
  });
  const { id } = await start(runtime, world, agent);
  assert.is((await ended(runtime, id)).status, 'Completed');
  const history = await historyOf(runtime, id);
  assert.is(saidIn(history), Array.from({ length: 9 }, () => 'refused').join(' '));
  assert.not.ok(history.some(({ type }) => type === 'approval_requested'));
});

test('[law 18] an answer that names a prototype is none, reaches nobody and changes nothing', async () => {
  const world = createWorld('answers');
  const runtime = await world.open();
  const agent = evilAgent(async ({ ask, say }) => {
    const requestedSchema = { properties: { constructor: { type: 'string' }, db: { type: 'string' } } };
    const { result } = await ask('elicitation/create', { mode: 'form', message: 'x', requestedSchema });
    say(JSON.stringify(result));
  });
  const { id } = await start(runtime, world, agent);
  const asked = await until('it asks', async () => (await runtime.session(id)).approvals[0]);
  const approvalId = asked.approvalId as ApprovalId;
  const decide = (answers: unknown) =>
    runtime.decide(id, approvalId, { decision: 'allow', answers: answers as Readonly<Record<string, unknown>> });
  for (const answers of ['{"__proto__":{"polluted":"yes"}}', '{"toString":"x"}', '{"db":{"__proto__":{"a":1}}}']) {
    assert.is((await errorOf(decide(JSON.parse(answers)))).code, 'input.invalid', answers);
  }
  await decide({ constructor: 'mine', db: 'pg' });
  assert.is((await ended(runtime, id)).status, 'Completed');
  assert.is(saidIn(await historyOf(runtime, id)), '{"action":"accept","content":{"constructor":"mine","db":"pg"}}');
  assert.is(Object.hasOwn(Object.prototype, 'polluted'), false);
});

test.run();
