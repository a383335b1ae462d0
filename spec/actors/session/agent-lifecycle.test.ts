import * as assert from 'uvu/assert';
import type { HostReply, HostRequest } from '../../../actors/protocol/threads/session-messages.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat, capabilities } from './agent-script.ts';
import { answerTo, createWorld, endTurn, limits, noItems, quiet, type World, worldInTurn } from './world.ts';

const test = suite("agent's lifecycle");

const failureOf = (world: World): string => {
  const status = world.facts().find((next) => next.type === 'status' && next.payload.status === 'failed');
  return status?.type === 'status' ? (status.payload.reason ?? '') : '';
};

test('an agent that does not answer initialize in time is ended, and what it said in its place is told', async () => {
  const world = createWorld({
    script: (message, agent) => {
      if (message.method === 'initialize') agent.bytes(Buffer.from('Usage: agent [options]\nno such option --acp\n'));
    },
    endsWhenTold: false,
  });
  world.beginRun('Do it');
  await until('it is initialized', () => world.heard('initialize').length === 1);
  await world.pass(limits.startDeadlineMs);
  assert.is(world.count('end_agent'), 1);
  world.agent.ends({ stderr: 'see --help\n' });
  assert.is(await world.ended(1), 'failed');
  assert.is(
    failureOf(world),
    'Could not start stand-in --acp: it did not answer initialize within 60 s; what it said could not be read: ' +
      'Usage: agent [options] ⏎ no such…',
  );
  const error = world.facts().find((next) => next.type === 'error');
  assert.is(error?.type === 'error' ? error.payload.detail?.text : '', 'see --help\n');
});

test('one that does not even end when it is told to fails the run all the same, and the next waits for its end', async () => {
  const world = createWorld({ script: () => {}, endsWhenTold: false });
  world.beginRun('Do it');
  await until('it is initialized', () => world.heard('initialize').length === 1);
  await world.pass(limits.startDeadlineMs + 6_000);
  assert.is(await world.ended(1), 'failed');
  assert.is(world.count('end_agent'), 1);
  world.beginRun('Again');
  await quiet();
  world.agent.ends();
  await until('a new process is asked for', () => world.count('start_agent') === 2);
  assert.equal(world.terminal(2), [], 'the old process took nothing of the new run with it');
});

test('each request of the opening has its own time, and a replay is no silence', async () => {
  const half = limits.startDeadlineMs / 2 + 1_000;
  const world = createWorld({
    agentSessionId: 'conversation-1',
    script: agentThat({
      initialize: { protocolVersion: 1, agentCapabilities: capabilities({ resume: false }) },
      on: ({ method }) => method === 'session/load',
    }),
  });
  world.beginRun('Do it');
  await until('it is asked to load', () => world.heard('session/load').length === 1);
  for (let pieces = 0; pieces < 4; pieces += 1) {
    await world.pass(half);
    world.agent.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'earlier' } });
  }
  assert.equal(world.terminal(), []);
  await world.pass(limits.startDeadlineMs);
  assert.is(await world.ended(), 'failed');
  assert.match(failureOf(world), 'it did not answer session/load within 60 s');
});

test('an agent that ends in the handshake quotes its stderr, its command and its folder', async () => {
  const world = createWorld({
    folder: '/some/worktree',
    agentCommand: 'some-agent --acp',
    script: (message, agent) => {
      if (message.method === 'initialize') agent.ends({ code: 1, signal: null, stderr: 'warning\nno login found\n' });
    },
  });
  world.beginRun('Do it');
  assert.is(await world.ended(), 'failed');
  const error = world.facts().find((next) => next.type === 'error');
  assert.ok(error?.type === 'error');
  assert.is(error.payload.code, 'agent.start_failed');
  for (const part of ['some-agent --acp', '/some/worktree', 'code 1', 'no login found']) {
    assert.match(error.payload.message, part);
  }
  assert.is(error.payload.detail?.text, 'warning\nno login found\n');
  await quiet();
  assert.equal(world.terminal(), ['failed']);
});

test('a process that cannot be started fails the run with what the system said', async () => {
  const world = createWorld({ script: agentThat(), startsAtOnce: false });
  world.beginRun('Do it');
  await until('the process is asked for', () => world.count('start_agent') === 1);
  world.actor.receive({ kind: 'agent_ended', end: { kind: 'not_started', message: 'the program does not exist' } });
  assert.is(await world.ended(), 'failed');
  const error = world.facts().find((next) => next.type === 'error');
  assert.match(error?.type === 'error' ? error.payload.message : '', 'the program does not exist');
});

test('an agent that refuses the conversation fails the run with its own words, and is ended', async () => {
  const world = createWorld({
    script: agentThat({
      on: (message, agent) => {
        if (message.method !== 'session/new') return false;
        agent.say({ id: message.id ?? null, error: { code: -32000, message: 'Authentication required' } });
        return true;
      },
    }),
  });
  world.beginRun('Do it');
  assert.is(await world.ended(), 'failed');
  const error = world.facts().find((next) => next.type === 'error');
  assert.match(error?.type === 'error' ? error.payload.message : '', 'Authentication required');
  assert.is(world.count('end_agent'), 1);
});

test('an agent that ends in its turn fails the run once, and what it said last is kept', async () => {
  const world = await worldInTurn();
  world.agent.bytes(
    Buffer.from(
      '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"conversation-1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"last words"}}}}',
    ),
  );
  world.agent.ends({ code: 3, signal: null, stderr: 'panic: out of luck' });
  assert.is(await world.ended(), 'failed');
  assert.ok(world.facts().some((next) => next.type === 'message' && next.payload.text === 'last words'));
  const error = world.facts().find((next) => next.type === 'error');
  assert.match(error?.type === 'error' ? error.payload.message : '', /exited with code 3.*panic: out of luck/);
});

test('an agent that answers its turn and ends in the same moment has completed it', async () => {
  const world = await worldInTurn();
  const id = world.heard('session/prompt')[0]?.id;
  // The last line has no end, as of a process that exits at once.
  world.agent.bytes(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result: { stopReason: 'end_turn' } })));
  world.agent.ends({ code: 0, signal: null });
  assert.is(await world.ended(), 'completed');
  await quiet();
  assert.equal(world.terminal(), ['completed']);
});

test('the agent is used again for the next run, which says which process it is', async () => {
  const world = await worldInTurn();
  endTurn(world);
  await world.ended(1);
  world.beginRun('And this');
  await until('the agent has its second prompt', () => world.heard('session/prompt').length === 2);
  endTurn(world);
  assert.is(await world.ended(2), 'completed');
  assert.is(world.count('start_agent'), 1);
  assert.is(world.heard('session/new').length, 1);
  assert.equal(world.notes('agent_started', 2)[0]?.pid, world.notes('agent_started', 1)[0]?.pid);
});

test('an agent that ended between two runs is started again, and takes its conversation up', async () => {
  const world = await worldInTurn();
  endTurn(world);
  await world.ended(1);
  world.agent.ends();
  world.beginRun('And this');
  await until('the agent has its second prompt', () => world.heard('session/prompt').length === 2);
  assert.is(world.count('start_agent'), 2);
  assert.is(world.heard('session/resume').length, 1);
  assert.equal(world.terminal(1), ['completed']);
});

/** A session whose agent has done one run and is idle. */
const worldWithIdleAgent = async (options: Parameters<typeof worldInTurn>[0] = {}): Promise<World> => {
  const world = await worldInTurn(options);
  endTurn(world);
  await world.ended(1);
  return world;
};

test('a run that took over an agent of whose death the news was on its way starts another, and loses nothing', async () => {
  const world = await worldWithIdleAgent();
  world.beginRun('And this');
  await until('the dead process has its prompt', () => world.heard('session/prompt').length === 2);
  world.agent.ends();
  await until('the new process has its prompt', () => world.heard('session/prompt').length === 3);
  assert.is(world.count('start_agent'), 2);
  assert.is(world.heard('session/resume').length, 1);
  endTurn(world);
  assert.is(await world.ended(2), 'completed');
  assert.equal(world.terminal(2), ['completed']);
});

test('so does one that hears of it before its prompt was sent', async () => {
  let isSecond = false;
  const world = await worldWithIdleAgent({
    onDurable: (next) => {
      if (isSecond && next.type === 'status' && next.payload.status === 'starting')
        queueMicrotask(() => {
          isSecond = false;
          world.agent.ends();
        });
    },
  });
  isSecond = true;
  world.beginRun('And this');
  await until('a process has the prompt', () => world.heard('session/prompt').length === 2);
  await quiet();
  assert.is(world.count('start_agent'), 2);
  endTurn(world);
  assert.is(await world.ended(2), 'completed');
});

test('an interrupt while another is started ends that one, and the run', async () => {
  const world = await worldWithIdleAgent({
    script: agentThat({ on: (message) => message.method === 'session/resume' }),
  });
  world.beginRun('And this');
  await until('the dead process has its prompt', () => world.heard('session/prompt').length === 2);
  world.agent.ends();
  await until('the new process is asked to resume', () => world.heard('session/resume').length === 1);
  world.interrupt();
  assert.is(await world.ended(2), 'interrupted');
  assert.is(world.heard('session/cancel').length, 0, 'there is no turn to cancel');
  assert.is(world.count('end_agent'), 1);
});

test('an agent that ends again, or after it began to speak, fails its run', async () => {
  const again = await worldWithIdleAgent();
  again.beginRun('And this');
  for (const prompts of [2, 3]) {
    await until('a process has the prompt', () => again.heard('session/prompt').length === prompts);
    again.agent.ends();
  }
  assert.is(await again.ended(2), 'failed');
  assert.is(again.count('start_agent'), 2);

  const speaking = await worldWithIdleAgent();
  speaking.beginRun('And this');
  await until('the agent has its prompt', () => speaking.heard('session/prompt').length === 2);
  speaking.agent.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'I begin' } });
  speaking.agent.ends();
  assert.is(await speaking.ended(2), 'failed');
  assert.is(speaking.count('start_agent'), 1);
});

test('an answer to a process that is gone does not reach the one that took its place', async () => {
  const world = await worldInTurn({ onRequest: ({ kind }) => (kind === 'known_items' ? noItems : null) });
  world.agent.say({ id: 0, method: 'terminal/wait_for_exit', params: { sessionId: 's', terminalId: 't' } });
  const asked = await until('the host is asked', () => world.sent.find((message) => message.kind === 'request'));
  world.agent.ends();
  await world.ended(1);
  world.beginRun('Again');
  await until('the new process has its prompt', () => world.heard('session/prompt').length === 2);
  assert.ok(asked.kind === 'request');
  world.actor.receive({
    kind: 'reply',
    requestId: asked.requestId,
    reply: { kind: 'terminal_exited', exit: { exitCode: 0, signal: null } },
  });
  await quiet();
  assert.is(answerTo(world, 0), undefined);
});

test('a conversation that the agent will not resume is loaded, and else begun anew', async () => {
  const refusing = (refused: readonly string[]) =>
    agentThat({
      initialize: { protocolVersion: 1, agentCapabilities: capabilities() },
      on: (message, agent) => {
        if (!refused.includes(message.method ?? '')) return false;
        agent.say({
          id: message.id ?? null,
          error: { code: -32002, message: 'not found', data: { details: 'it is gone' } },
        });
        return true;
      },
    });
  const loaded = await worldInTurn({ agentSessionId: 'earlier', script: refusing(['session/resume']) });
  assert.is(loaded.conversations()[0]?.how, 'loaded');
  assert.match(String(loaded.notes('agent_refused')[0]?.message), 'session/resume');
  const anew = await worldInTurn({ agentSessionId: 'earlier', script: refusing(['session/resume', 'session/load']) });
  assert.is(anew.conversations()[0]?.how, 'begun_anew');
  assert.ok(anew.sent.some((message) => message.kind === 'ledger' && message.fact.type === 'agent_session_learnt'));
  assert.equal(anew.notes('agent_refused').at(-1)?.data, { details: 'it is gone' }, 'the whole error is kept');
});

const recapReply: HostReply = { kind: 'recap', text: 'You were mending a test.' };
const withRecap = (request: HostRequest): HostReply => (request.kind === 'recap' ? recapReply : noItems);
const forgetful = { protocolVersion: 1, agentCapabilities: capabilities({ resume: false, load: false }) };

test('[law 7] an agent that lost its conversation is told what went before, once that is in the log', async () => {
  const world = await worldInTurn({
    agentSessionId: 'earlier',
    script: agentThat({ initialize: forgetful }),
    onRequest: withRecap,
  });
  const prompt = world.heard('session/prompt')[0]?.params as { readonly prompt: readonly { text: string }[] };
  assert.equal(
    prompt.prompt.map(({ text }) => text),
    ['You were mending a test.', 'Do it'],
  );
  const recap = world.facts().find((next) => next.type === 'recap');
  assert.ok(recap?.type === 'recap');
  assert.is(recap.payload.text.text, 'You were mending a test.');
  assert.match(recap.payload.reason, 'no way');
  assert.ok(world.order.indexOf('durable recap') < world.order.indexOf('agent session/prompt'));
  endTurn(world);
  await world.ended(1);
  world.beginRun('And then');
  await until('it has the second prompt', () => world.heard('session/prompt').length === 2);
  const second = world.heard('session/prompt')[1]?.params as { readonly prompt: readonly unknown[] };
  assert.is(second.prompt.length, 1, 'it is told once');
});

test('a new conversation is taken up again only after it was told what went before', async () => {
  let isHeld = true;
  const world = createWorld({
    agentSessionId: 'earlier',
    script: agentThat({ initialize: forgetful }),
    onRequest: (request) => (request.kind === 'recap' && isHeld ? null : withRecap(request)),
  });
  world.beginRun('Do it');
  await until('the recap is asked for', () => world.sent.some((message) => message.kind === 'request'));
  const learnt = () =>
    world.sent.filter((message) => message.kind === 'ledger' && message.fact.type === 'agent_session_learnt').length;
  await quiet();
  assert.is(learnt(), 0);
  isHeld = false;
  world.agent.ends();
  await world.ended(1);
  world.beginRun('Again');
  await until('it has its prompt', () => world.heard('session/prompt').length === 1);
  assert.is(learnt(), 1);
});

test('an agent that loading harms is never asked to load, and its new conversation is told the old one', async () => {
  const world = await worldInTurn({
    agentSessionId: 'earlier',
    agentCommand: '/usr/bin/gemini --acp',
    script: agentThat({ initialize: { protocolVersion: 1, agentCapabilities: capabilities({ resume: false }) } }),
    onRequest: withRecap,
  });
  assert.is(world.heard('session/load').length, 0);
  assert.is(world.conversations()[0]?.how, 'begun_anew');
  assert.ok(world.facts().some((next) => next.type === 'recap'));
});

test('what an agent warns of on stderr, and is known to matter, is told once', async () => {
  const world = await worldInTurn({ agentCommand: '/usr/bin/gemini --acp' });
  const warn = (text: string): void => world.actor.receive({ kind: 'agent_stderr', text });
  warn('This folder is untrusted, project settings, hooks, MCPs, and GEMINI.md files will not be applied.\n');
  warn('Skipping project agents due to untrusted folder.\n');
  warn('something else\n');
  await quiet();
  const notices = world.facts().flatMap((next) => (next.type === 'notice' ? [next.payload.text] : []));
  assert.is(notices.length, 1);
  assert.match(notices[0] ?? '', 'does not trust this worktree');
});

test('an agent is told of MCP servers and further folders, and a person of what it cannot use', async () => {
  const mcpServers = [
    { type: 'stdio', name: 'tools', command: '/usr/bin/tools', args: [], env: [{ name: 'KEY', value: 's3cret' }] },
    { type: 'http', name: 'web', url: 'https://example.org/mcp', headers: [] },
  ] as const;
  const world = await worldInTurn({ mcpServers, additionalDirectories: ['/beside'] });
  const params = world.heard('session/new')[0]?.params as { readonly mcpServers: readonly { name: string }[] };
  assert.equal(
    params.mcpServers.map(({ name }) => name),
    ['tools'],
  );
  const notices = world.facts().flatMap((next) => (next.type === 'notice' ? [next.payload.text] : []));
  assert.is(notices.length, 2);
  assert.match(notices[0] ?? '', 'web');
  assert.match(notices[1] ?? '', '/beside');
  assert.not.match(JSON.stringify(world.facts()), 's3cret');

  const initialize = {
    protocolVersion: 1,
    agentCapabilities: { mcpCapabilities: { http: true }, sessionCapabilities: { additionalDirectories: {} } },
  };
  const able = await worldInTurn({
    mcpServers,
    additionalDirectories: ['/beside'],
    script: agentThat({ initialize }),
  });
  const told = able.heard('session/new')[0]?.params as Readonly<Record<string, unknown>>;
  assert.equal(told.additionalDirectories, ['/beside']);
  assert.is((told.mcpServers as readonly unknown[]).length, 2);
});

test('a recap of no bytes is none', async () => {
  const world = await worldInTurn({
    agentSessionId: 'earlier',
    script: agentThat({ initialize: forgetful }),
    onRequest: withRecap,
    limits: { maxRecapBytes: 0 },
  });
  const prompt = world.heard('session/prompt')[0]?.params as { readonly prompt: readonly unknown[] };
  assert.is(prompt.prompt.length, 1);
});

test.run();
