import { equal } from 'uvu/assert';
import { type OpenApproval, unbornSession } from '../../../../actors/model/dashboard/session-projection.ts';
import { waitingOf } from '../../../../actors/model/dashboard/waiting.ts';
import { noWork } from '../../../../actors/protocol/facts/work-summary.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('what a session waits for');

const asked = (more: { readonly isQuestion?: true } = {}): OpenApproval => ({
  approvalId: 'a',
  toolCallId: 't',
  title: 'Run a',
  kind: null,
  options: [],
  requestedAt: 1,
  ...more,
});

/** Two that wait for a time, among so many. */
const later = (queuedPrompts: number) => ({
  ...noWork,
  queuedPrompts,
  later: { a: { at: 9, evenAfterFailure: true }, b: { at: 7, evenAfterFailure: false } },
});

test('a row says whether somebody works on it, what its first request is, and how many prompts wait', () => {
  const question = asked({ isQuestion: true });
  for (const [given, expected] of [
    [{}, {}],
    [{ restored: true }, { live: false }],
    [{ approvals: [asked()] }, { waitingFor: 'approval' }],
    [{ approvals: [question] }, { waitingFor: 'question' }],
    [{ approvals: [asked(), question] }, { waitingFor: 'approval' }],
    [{ approvals: [question, asked()] }, { waitingFor: 'question' }],
    [{ work: { ...noWork, queuedPrompts: 3 } }, { queued: 3 }],
    [
      { status: 'completed', work: later(2) },
      { queued: 2, waitingFor: 'schedule', waitingUntil: 7 },
    ],
    [
      { status: 'failed', work: later(2) },
      { queued: 2, waitingFor: 'schedule', waitingUntil: 9 },
    ],
    [{ status: 'running', work: later(2) }, { queued: 2 }],
    [{ status: 'completed', work: later(3) }, { queued: 3 }],
  ] as const) {
    const nothing = { live: true, waitingFor: null, waitingUntil: null, queued: 0 };
    equal(waitingOf({ ...unbornSession, ...given }), { ...nothing, ...expected });
  }
});

test.run();
