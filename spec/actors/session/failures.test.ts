import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { AgentAnsweredError } from '../../../actors/agents/acp/wire/json-rpc.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import {
  dashboardStatus,
  dashboardStatuses,
  failureReasonLine,
  runStatuses,
} from '../../../actors/protocol/facts/status.ts';
import { agentEndFailure, failureOf, startFailure } from '../../../actors/session/failures.ts';
import { suite } from '../../support/suite.ts';

const test = suite('failures');

const task = { agent: 'mine', agentCommand: 'some-agent --acp', folder: '/some/worktree' };
const exited = (given: { code?: number | null; signal?: string | null; stderr?: string }) =>
  ({ kind: 'exited', code: 0, signal: null, stderr: '', ...given }) as const;

test('a failure reason is one line of at most 140 characters', () => {
  assert.is(failureReasonLine('  one\n\ttwo\r\n  three\u00a0\u2028four '), 'one two three four');
  assert.is(failureReasonLine('x'.repeat(140)), 'x'.repeat(140));
  assert.is(failureReasonLine('x'.repeat(141)), `${'x'.repeat(139)}…`);
  assert.is(failureReasonLine('😀'.repeat(141)), `${'😀'.repeat(139)}…`);
  assert.is(failureReasonLine(`${'x'.repeat(138)} ${'y'.repeat(9)}`), `${'x'.repeat(138)}…`);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const line = failureReasonLine(text);
      assert.ok([...line].length <= 140);
      assert.not.match(line, /[\n\r\t]|^\s|\s$| {2}/);
      assert.is(failureReasonLine(line), line);
    }),
  );
});

test('the dashboard speaks five words', () => {
  assert.equal(
    runStatuses.map((status) => dashboardStatus(status)),
    ['Starting', 'Starting', 'Running', 'Running', 'Completed', 'Interrupted', 'Failed'],
  );
  assert.equal(new Set(runStatuses.map(dashboardStatus)), new Set(dashboardStatuses));
});

test('an agent that could not be started is named with its folder and its last words', () => {
  const failure = startFailure(task, 'it exited with code 1', 'first\nlast words\n\n');
  assert.is(failure.message, 'Could not start some-agent --acp: it exited with code 1: last words (in /some/worktree)');
  assert.is(failure.code, 'agent.start_failed');
  assert.is(failure.detail?.text, 'first\nlast words\n\n');
  assert.is(startFailure(task, 'why', ' \n').detail, undefined);
});

test('an end is worded by what it was', () => {
  assert.match(agentEndFailure(task, exited({ code: 3 }), true).message, /^The agent exited with code 3 in the middle/);
  assert.match(agentEndFailure(task, exited({ code: null, signal: 'SIGKILL' }), true).message, 'ended by SIGKILL');
  assert.match(agentEndFailure(task, exited({ code: null }), true).message, 'code unknown');
  assert.match(agentEndFailure(task, exited({ code: 1 }), false).message, 'Could not start');
  assert.match(
    agentEndFailure(task, { kind: 'not_started', message: 'no such program' }, false).message,
    'no such program',
  );
});

test('what an agent said at length is bounded, and no character of it is cut', () => {
  const failure = agentEndFailure(task, exited({ stderr: '😀'.repeat(100_000) }), true);
  assert.ok(failure.message.length < 1_000);
  assert.not.match(failure.message, /\p{Surrogate}/u);
  assert.ok(Buffer.byteLength(failure.detail?.text ?? '') < 17_000);
});

test('an error that the agent answered with keeps its words and its data', () => {
  const failure = failureOf(
    new AgentAnsweredError('session/new', { code: -32000, message: 'Authentication required', data: { url: 'x' } }),
    task,
  );
  assert.is(failure.code, 'agent.answered_error');
  assert.match(failure.message, 'not logged in: Authentication required');
  assert.match(failure.detail?.text ?? '', '"url":"x"');
});

test('an error of ours keeps its code and its hint', () => {
  const failure = failureOf(new ThroughlineError('agent.protocol', 'it is odd', { hint: 'do this' }), task);
  assert.equal(failure, { code: 'agent.protocol', message: 'some-agent --acp: it is odd', hint: 'do this' });
  assert.is(failureOf(new Error('what'), task).code, 'internal');
});

test.run();
