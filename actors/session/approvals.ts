/**
 * What an agent asks of a person, permission or an answer: from the asking, over a decision of a person or a policy, to
 * what the agent hears. Everything that is asked is in the log before anybody can answer it.
 */
import { v7 as uuid } from 'uuid';
import type { AgentConnection } from '../agents/acp/agent-connection.ts';
import { completedElicitation, elicitationAnswer, readElicitation } from '../agents/acp/elicitation.ts';
import { permissionRequest, readOptions } from '../agents/acp/permission.ts';
import { answerTexts } from '../agents/acp/question.ts';
import { type RequestId, rpcErrors } from '../agents/acp/wire/json-rpc.ts';
import { knownAgent } from '../agents/known/known-agents.ts';
import { type PersonsAnswer, personDecides, policyDecides, type Resolution } from '../model/run/decide-approval.ts';
import { maxOpenApprovals } from '../model/run/machine.ts';
import { jsonOf, storedValue } from '../model/run/stored-text.ts';
import { asThroughlineError, ThroughlineError } from '../protocol/facts/error.ts';
import { fact, type Payload } from '../protocol/facts/events.ts';
import type { Timestamp } from '../protocol/facts/ids.ts';
import { isTerminal } from '../protocol/facts/status.ts';
import type { ApprovalPolicy } from '../protocol/gateway/api.ts';
import { askedByElicitation, askedByPermission } from './asked.ts';
import type { Run } from './run-in-progress.ts';

type Asker = Pick<AgentConnection, 'answer' | 'answerError' | 'agentName' | 'subagentOf'>;

type Pending = {
  /** The agent's own id of it, by which it may take it back. */
  readonly requestId: RequestId;
  readonly request: Payload<'approval_requested'>;
  readonly elicitationId: string | null;
  /** Tells the agent. */
  readonly tell: (resolved: Resolution) => void;
};

type Choice = PersonsAnswer & { readonly approvalId: string };

export type ApprovalsOptions = {
  readonly policy: ApprovalPolicy;
  readonly agentCommand: string;
  readonly maxStoredTextBytes: number;
  readonly clock: () => Timestamp;
};

const maxNoteBytes = 2_048;

export const createApprovals = ({ policy, agentCommand, maxStoredTextBytes, clock }: ApprovalsOptions) => {
  const pending = new Map<string, Pending>();

  const record = (run: Run, resolved: Resolution, onDurable?: () => void): void =>
    run.recordAll([fact('approval_resolved', resolved, clock())], onDurable);

  const isHeard = (run: Run): boolean =>
    !isTerminal(run.status()) && run.ahead().context.openApprovals.length < maxOpenApprovals;

  const open = (run: Run, waiting: Pending): void => {
    const { request } = waiting;
    const { approvalId } = request;
    pending.set(approvalId, waiting);
    run.transcript.say('approval_requested', request);
    if (run.status() === 'interrupting') {
      record(run, { approvalId, outcome: 'cancelled', by: 'runtime' });
      return;
    }
    const resolved = policyDecides(request, policy);
    if (resolved !== null) record(run, resolved);
  };

  const permission = (run: Run | null, asker: Asker, requestId: RequestId, params: unknown): void => {
    const parsed = permissionRequest.safeParse(params);
    if (!parsed.success || run === null || !isHeard(run)) {
      asker.answer(requestId, cancelled);
      run?.transcript.line(parsed.success ? 'unexpected' : 'unparsed', jsonOf(params) ?? '');
      return;
    }
    const { toolCall, options: offered, sessionId } = parsed.data;
    const { options, left } = readOptions(offered);
    run.transcript.tool(toolCall);
    if (left.length > 0) {
      run.transcript.note('options_left_out', { count: left.length, options: storedValue(left, maxNoteBytes) });
    }
    const known = knownAgent({ name: asker.agentName(), command: agentCommand });
    const request = askedByPermission({
      approvalId: uuid(),
      toolCall,
      options,
      // Whoever decides is to see all of it wherever he is asked, without looking for the call that it is about.
      told: run.transcript.askedFor(toolCall),
      titleBefore: run.transcript.titleOf(toolCall.toolCallId),
      subagent: asker.subagentOf(sessionId),
      ways: known?.questions ?? null,
      maxStoredTextBytes,
    });
    open(run, {
      requestId,
      request,
      elicitationId: null,
      tell: ({ outcome, optionId, answers }) => {
        const isAnswer = outcome === 'allowed' || outcome === 'denied' || outcome === 'answered';
        const selected = { outcome: { outcome: 'selected', optionId } };
        const beside = answers === undefined ? {} : { answers: answerTexts(answers) };
        asker.answer(requestId, isAnswer && optionId !== undefined ? { ...selected, ...beside } : cancelled);
      },
    });
  };

  const elicitation = (run: Run | null, asker: Asker, requestId: RequestId, params: unknown): void => {
    if (run === null || !isHeard(run)) {
      asker.answer(requestId, { action: 'cancel' });
      run?.transcript.line('unexpected', jsonOf(params) ?? '');
      return;
    }
    try {
      const asked = readElicitation(params);
      const subagent = asker.subagentOf(asked.sessionId);
      const approvalId = uuid();
      open(run, {
        requestId,
        request: askedByElicitation({ approvalId, asked, subagent, maxStoredTextBytes }),
        elicitationId: asked.elicitationId,
        tell: (resolved) => asker.answer(requestId, elicitationAnswer(resolved)),
      });
    } catch (thrown) {
      const { message } = asThroughlineError(thrown);
      asker.answerError(requestId, rpcErrors.invalidParams, message);
      run.transcript.note('elicitation_refused', { message, params: storedValue(params, maxNoteBytes) });
    }
  };

  return {
    /**
     * The agent asks for permission, or for an answer; false when it asks for something else. What no run is there to
     * ask for, and what is too much at once, is answered as cancelled.
     */
    request: (run: Run | null, asker: Asker, requestId: RequestId, method: string, params: unknown): boolean => {
      if (method === 'session/request_permission') permission(run, asker, requestId, params);
      else if (method === 'elicitation/create') elicitation(run, asker, requestId, params);
      else return false;
      return true;
    },

    /** The agent tells that a page it asked to open has done its work; false when it tells something else. */
    notified: (run: Run | null, method: string, params: unknown): boolean => {
      if (method !== 'elicitation/complete' || run === null) return false;
      const completed = completedElicitation(params);
      if (completed === null) return false;
      const waiting = [...pending.values()].find(({ elicitationId }) => elicitationId === completed);
      run.transcript.say('notice', { text: 'the page that the agent asked to open has done its work' });
      const approvalId = waiting?.request.approvalId;
      if (approvalId !== undefined && run.ahead().context.openApprovals.includes(approvalId)) {
        record(run, { approvalId, outcome: 'answered', by: 'runtime' });
      }
      return true;
    },

    /** A person decides. Raises `approval.not_pending`, and `input.invalid` for what cannot be answered so. */
    decide: (run: Run, { approvalId, ...answer }: Choice, onDurable: () => void): void => {
      const waiting = pending.get(approvalId);
      const isOpen = run.ahead().context.openApprovals.includes(approvalId) && !isTerminal(run.status());
      if (waiting === undefined || !isOpen) {
        throw new ThroughlineError('approval.not_pending', 'this approval is not waiting for an answer', {
          hint: 'it was answered, cancelled or has expired',
        });
      }
      record(run, personDecides(waiting.request, answer), onDurable);
    },

    /** The agent takes its request back: what is still open of it is answered as cancelled, once that is durable. */
    cancelRequest: (run: Run | null, requestId: RequestId): void => {
      const open = run?.ahead().context.openApprovals ?? [];
      for (const [approvalId, asked] of pending) {
        if (asked.requestId !== requestId || !open.includes(approvalId)) continue;
        run?.recordAll([fact('approval_resolved', { approvalId, outcome: 'cancelled', by: 'runtime' }, clock())]);
      }
    },

    /** The decision is durable: the agent hears it. */
    answer: (resolved: Resolution): void => {
      const waiting = pending.get(resolved.approvalId);
      pending.delete(resolved.approvalId);
      waiting?.tell(resolved);
    },

    /** The run has ended, and with it every request of it. */
    clear: (): void => pending.clear(),
  };
};

const cancelled = { outcome: { outcome: 'cancelled' } };
