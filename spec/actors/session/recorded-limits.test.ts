/**
 * Turns of real agents whose model refused, played to the actor: none that failed is a success, and none that succeeded
 * a failure.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { FailureKind, RunFact } from '../../../actors/protocol/facts/events.ts';
import type { PauseSettings } from '../../../actors/protocol/threads/session-messages.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat, type Wire } from './agent-script.ts';
import { createWorld, type World } from './world.ts';

const test = suite('recorded limits');
const folder = new URL('../../recordings/limits/', import.meta.url);

type Line = { readonly dir: string; readonly msg: Wire; readonly pieces?: number };

/** How the first turn ends: done, failed with this kind (null: it does not tell), or still tried when it was cancelled. */
type End = 'completed' | 'under way' | { readonly kind: FailureKind | null; readonly reason: RegExp };

const failed = (kind: FailureKind | null, reason: RegExp): End => ({ kind, reason });
const wordless = failed(null, /without a word/);

const endsByAgent: Readonly<Record<string, Readonly<Record<string, End>>>> = {
  'codex-acp-2.6.0': {
    ok: 'completed',
    warnA: 'completed',
    rl2once: 'completed',
    rl2: failed('limit', /^exceeded retry limit, last status: 429/),
    s503: failed('service', /^Selected model is at capacity/),
    ovl529: failed('service', /^unexpected status 529/),
    reset: failed('connection', /^stream disconnected before completion/),
    midcut: failed('connection', /^stream disconnected before completion/),
    midovl: failed('service', /^Selected model is at capacity/),
    midturn: failed('limit', /^You’ve hit your usage limit/),
    ctx: failed('context', /^Your input exceeds the context window/),
    usage: failed('limit', /^You’ve hit your usage limit/),
    quota: failed('limit', /^Quota exceeded/),
    auth401: failed('authentication', /^The agent is not logged in: Authentication required/),
    'typed-failures.air-ctx': failed('context', /^Your input exceeds the context window/),
    'typed-failures.air-midturn': failed('limit', /^You’ve hit your usage limit/),
    'typed-failures.air-ovl529': failed('connection', /^unexpected status 529/),
    'typed-failures.air-quota': failed('limit', /^Quota exceeded/),
    'typed-failures.air-usage': failed('limit', /^You’ve hit your usage limit/),
    'typed-failures.air-rl2': 'completed',
    'typed-failures.air-midrl': 'completed',
  },
  'claude-agent-acp-0.101.0-subscription': {
    ok: 'completed',
    warnA: 'completed',
    rl2once: 'completed',
    usage: failed('limit', /^You've hit your 5-hour limit/),
    midturn: failed('limit', /^You've hit your 5-hour limit/),
    quota: failed('limit', /^Credit balance is too low/),
    ctx: failed('context', /^Prompt is too long/),
    rl3600: failed('limit', /^API Error: Server is temporarily limiting requests/),
    'typed-failures.air-ctx': failed('context', /^Prompt is too long/),
    'typed-failures.air-midturn': failed('limit', /^You've hit your 5-hour limit/),
    'typed-failures.air-usage': failed('limit', /^You've hit your 5-hour limit/),
    'typed-failures.air-rl2': 'completed',
    'typed-failures.air-midrl': 'completed',
    'typed-failures.air-ovl529': 'under way',
  },
  'claude-agent-acp-0.101.0-apikey': {
    midovl: failed('service', /^API Error: Repeated 529/),
    midcut: failed('service', /^API Error: API returned an empty or malformed response/),
  },
  'claude-agent-acp-0.49.0-subscription': {
    ok: 'completed',
    usage: failed('limit', /^You've hit your session limit/),
  },
  'gemini-0.61.0': {
    ok: 'completed',
    rl2once: 'completed',
    midcut: failed('connection', /broke at every try/),
    midreset: failed('connection', /^terminated/),
    quota: failed('limit', /^You have exhausted your daily quota/),
    usage: failed('limit', /^Individual quota reached/),
    ctx: failed('context', /^The input token count/),
    auth401: failed('authentication', /^API key not valid/),
  },
  'kimi-2.1.0': {
    ok: 'completed',
    rl2once: 'completed',
    quota: wordless,
    rl2: wordless,
    ctx: failed('context', /no longer fits/),
    ovl529long: wordless,
    // Some text and an end: on the wire nothing tells this one from a success.
    midcut: 'completed',
    auth401: failed('authentication', /^The agent is not logged in: Authentication required: 401/),
  },
  'copilot-1.0.102': {
    ok: 'completed',
    rl2once: 'completed',
    rl3600: failed('limit', /^429 Rate limit reached/),
    ctx: failed('context', /^400 This model's maximum context length/),
    midreset: failed('connection', /^Failed to get response from the AI model/),
    midrl: failed('limit', /^Failed to get response from the AI model/),
    ovl529: failed('service', /^Failed to get response from the AI model/),
    auth401: failed('authentication', /^Authentication failed/),
    usagelong: failed('limit', /^Failed to get response from the AI model/),
  },
  'opencode-1.18.33': {
    ok: 'completed',
    rl2once: 'completed',
    rl2: failed('limit', /^Rate limit reached/),
    ctx: failed('context', /^Session too large to compact/),
  },
  'kilo-7.7.7': {
    ok: 'completed',
    midrl: failed('limit', /^Rate limit reached/),
    ctx: failed('context', /^Session too large to compact/),
  },
  'qwen-0.24.4': {
    ok: 'completed',
    rl2once: 'completed',
    ctx: failed('context', /^400 This model's maximum context length/),
    midrl: failed('limit', /^Rate limit reached/),
    auth401: failed('authentication', /^401 Incorrect API key/),
  },
};

const linesOf = (name: string): readonly Line[] =>
  readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** What the agent said in each turn until its answer, or until it was cancelled, the joined texts apart again. */
const turnsOf = (lines: readonly Line[]): readonly (readonly Wire[])[] => {
  const turns: Wire[][] = [];
  let asked: Wire['id'];
  for (const { dir, msg, pieces = 1 } of lines) {
    if (dir === 'c2a' && msg.method === 'session/prompt') {
      turns.push([]);
      asked = msg.id;
    } else if (dir === 'c2a' && msg.method === 'session/cancel') {
      return turns;
    } else if (dir === 'a2c' && asked !== undefined) {
      turns.at(-1)?.push(...apart(msg, pieces));
      if (msg.method === undefined && msg.id === asked) asked = undefined;
    }
  }
  return turns;
};

type Chunk = { readonly update?: { readonly content?: { readonly text?: string } } };

const apart = (message: Wire, pieces: number): readonly Wire[] => {
  const params = message.params as Chunk | undefined;
  const text = params?.update?.content?.text;
  if (params === undefined || text === undefined || pieces === 1) return [message];
  const size = Math.ceil(text.length / pieces);
  const own = text.split(/(?<=went wrong\. )|(?<!API )(?=Error: )|(?=Info: |API Error: )/);
  const texts =
    own.length === pieces ? own : Array.from({ length: pieces }, (_, at) => text.slice(at * size, (at + 1) * size));
  return texts.map((piece) => ({
    ...message,
    params: { ...params, update: { ...params.update, content: { type: 'text', text: piece } } },
  }));
};

/** The actor with this agent, after the first turn of its recording, and after the second where there is one. */
const played = async (name: string, pauses?: PauseSettings): Promise<World> => {
  const lines = linesOf(name);
  const turns = [...turnsOf(lines)];
  const said = lines.find(({ dir, msg }) => dir === 'a2c' && 'agentInfo' in ((msg.result ?? {}) as object));
  const world = createWorld({
    agent: name.replace(/-.*/, ''),
    agentCommand: name.replace(/-\d.*/, ''),
    approvalPolicy: 'allow',
    ...(pauses === undefined ? {} : { timeZone: 'UTC', limits: { pauses } }),
    script: agentThat({
      opened: { sessionId: 'SESSION-1' },
      ...(said === undefined ? {} : { initialize: said.msg.result }),
    }),
  });
  for (const [index, turn] of turns.slice(0, 2).entries()) {
    const run = world.beginRun('Hello');
    const prompt = await until('it has its prompt', () => world.heard('session/prompt')[index]);
    for (const message of turn) {
      const isEnd = message.method === undefined;
      world.agent.say(isEnd ? { ...message, id: prompt.id ?? null } : message);
      await world.pass(100);
      if (!isEnd) continue;
      if (pauses !== undefined) {
        await until('it is paused or has ended', () => world.pauses().length > 0 || world.terminal().length > 0);
        return world;
      }
      await world.ended(run);
    }
  }
  return world;
};

const errorOf = (facts: readonly RunFact[]) =>
  facts.flatMap((next) => (next.type === 'error' ? [next.payload] : [])).at(0);

for (const [agent, ends] of Object.entries(endsByAgent)) {
  for (const [name, end] of Object.entries(ends)) {
    test(`${agent}, ${name}: ${typeof end === 'string' ? end : `failed, ${end.kind ?? 'of a kind that it does not tell'}`}`, async () => {
      const world = await played(`${agent}.${name}`);
      const first = world.facts(1);
      const error = errorOf(first);
      if (end === 'completed') assert.equal(world.terminal(1), ['completed']);
      else if (end === 'under way') assert.equal(world.terminal(1), []);
      else {
        assert.equal(world.terminal(1), ['failed'], JSON.stringify(first.at(-1)));
        assert.is(error?.kind ?? null, end.kind);
        assert.match(error?.message ?? '', end.reason);
        assert.is(typeof error?.detail?.text, 'string');
      }
      // The fault is gone when the second prompt comes.
      if (end !== 'under way' && !name.startsWith('typed-failures')) assert.equal(world.terminal(2), ['completed']);
    });
  }
}

test('an agent that is not logged in says how that is mended', async () => {
  for (const [recording, name] of [
    ['codex-acp-2.6.0', 'codex'],
    ['kimi-2.1.0', 'kimi'],
  ]) {
    const error = errorOf((await played(`${recording}.auth401`)).facts(1));
    assert.is(error?.hint, `log in with: throughline login ${name}`);
  }
});

test('every recording is in the table', () => {
  const named = Object.entries(endsByAgent).flatMap(([agent, ends]) =>
    Object.keys(ends).map((name) => `${agent}.${name}.jsonl`),
  );
  const there = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.jsonl'));
  assert.equal(named.toSorted(), there.toSorted());
});

test('a limit is a pause until the time that its agent tells, in its own way; what it does not tell is tried later', async () => {
  // The recordings were made at about 10:14 UTC of that day; the world's time is another, so dates are what is compared.
  const told: Readonly<Record<string, readonly [why: string, known: boolean]>> = {
    'codex-acp-2.6.0.usage': ['limit', true],
    'codex-acp-2.6.0.typed-failures.air-usage': ['limit', true],
    'codex-acp-2.6.0.midturn': ['limit', true],
    'codex-acp-2.6.0.quota': ['limit', false],
    'codex-acp-2.6.0.rl2': ['limit', false],
    'codex-acp-2.6.0.s503': ['service', false],
    'codex-acp-2.6.0.reset': ['connection', false],
    'claude-agent-acp-0.101.0-subscription.usage': ['limit', true],
    'claude-agent-acp-0.101.0-subscription.midturn': ['limit', true],
    'claude-agent-acp-0.101.0-subscription.rl3600': ['limit', false],
    'claude-agent-acp-0.49.0-subscription.usage': ['limit', true],
    'gemini-0.61.0.usage': ['limit', true],
    'gemini-0.61.0.quota': ['limit', false],
    'copilot-1.0.102.rl3600': ['limit', true],
    'opencode-1.18.33.rl2': ['limit', true],
    'kilo-7.7.7.midrl': ['limit', true],
    'qwen-0.24.4.midrl': ['limit', true],
    'kimi-2.1.0.quota': ['service', false],
    'kimi-2.1.0.rl2': ['service', false],
  };
  for (const [name, [why, known]] of Object.entries(told)) {
    const [pause] = (await played(name, { waitsForLimits: true, retries: 5 })).pauses();
    assert.equal([pause?.why, pause?.known], [why, known], `${name}: ${JSON.stringify(pause)}`);
    assert.is(pause?.again, name.startsWith('gemini') ? 'prompt' : 'continue', name);
  }
});

const retriesOf = (world: World) => world.facts(1).flatMap((next) => (next.type === 'retry' ? [next.payload] : []));

test('retries that an agent tells are events, with their attempt and what they are for', async () => {
  const codex = retriesOf(await played('codex-acp-2.6.0.rl2'));
  assert.equal(
    codex.map(({ attempt, of, kind }) => [attempt, of, kind]),
    [1, 2, 3, 4, 5].map((attempt) => [attempt, 5, 'limit']),
  );
  const typed = retriesOf(await played('codex-acp-2.6.0.typed-failures.air-rl2'));
  assert.equal(typed.at(1), { message: 'Reconnecting... 2/5', attempt: 2, of: 5, kind: 'limit' });
  const claude = retriesOf(await played('claude-agent-acp-0.101.0-subscription.typed-failures.air-ovl529'));
  assert.equal(
    claude.map(({ attempt, of, kind }) => [attempt, of, kind]),
    [1, 2, 3, 4, 5, 6, 7].map((attempt) => [attempt, 10, 'service']),
  );
  const copilot = retriesOf(await played('copilot-1.0.102.ovl529'));
  assert.is(copilot.length, 5);
  assert.is(copilot[0]?.message, 'Request failed due to a transient API error. Retrying...');
});

test('what a retry tells again is marked, and nothing of it is dropped', async () => {
  const half = 'Some words before it went wrong. ';
  const toldAgain: readonly (readonly [string, number])[] = [
    ['codex-acp-2.6.0.midcut', 5],
    ['gemini-0.61.0.midcut', 3],
    ['copilot-1.0.102.midreset', 5],
    ['claude-agent-acp-0.101.0-apikey.midcut', 1],
  ];
  for (const [name, times] of toldAgain) {
    const messages = (await played(name)).facts(1).flatMap((next) => (next.type === 'message' ? [next.payload] : []));
    const halves = messages.filter(({ text }) => text === half).map(({ repeated }) => repeated === true);
    assert.equal(halves, [false, ...Array.from({ length: times }, () => true)], name);
    assert.is(messages.filter(({ repeated }) => repeated).length, times, name);
  }
});

test.run();
