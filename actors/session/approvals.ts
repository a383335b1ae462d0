/** Requests for permission: from the agent's asking, over a decision of a person or a policy, to the answer. */
import { v7 as uuid } from 'uuid';
import type { AgentConnection } from '../agents/acp/agent-connection.ts';
import { permissionRequest } from '../agents/acp/permission.ts';
import type { RequestId } from '../agents/acp/wire/json-rpc.ts';
import { optionFor } from '../model/run/decide.ts';
import { maxOpenApprovals } from '../model/run/machine.ts';
import { jsonOf } from '../model/run/stored-text.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { type ApprovalOption, fact, type Payload } from '../protocol/facts/events.ts';
import type { Timestamp } from '../protocol/facts/ids.ts';
import { isTerminal } from '../protocol/facts/status.ts';
import type { ApprovalPolicy } from '../protocol/gateway/api.ts';
import type { Run } from './run-in-progress.ts';

const maxOptions = 20;

type Answerer = Pick<AgentConnection, 'answer'>;

type Pending = {
  readonly requestId: RequestId;
  readonly connection: Answerer;
  readonly options: readonly ApprovalOption[];
};

type Choice = {
  readonly approvalId: string;
  readonly decision: 'allow' | 'deny';
  /** Null leaves the choice of an option to us: one for once rather than for always. */
  readonly optionId: string | null;
  readonly by: 'person' | 'policy';
};

const cancelled = { outcome: { outcome: 'cancelled' } };

export const createApprovals = (options: { readonly policy: ApprovalPolicy; readonly clock: () => Timestamp }) => {
  const { policy, clock } = options;
  const pending = new Map<string, Pending>();

  const resolve = (run: Run, { approvalId, decision, optionId, by }: Choice, onDurable?: () => void): void => {
    const offered = pending.get(approvalId)?.options ?? [];
    const chosen =
      optionId === null
        ? optionFor(offered, decision)
        : (offered.find((option) => option.optionId === optionId) ?? null);
    if (optionId !== null && chosen === null) {
      throw new ThroughlineError('input.invalid', `the agent did not offer the option ${optionId}`, {
        hint: `it offered ${offered.map((option) => option.optionId).join(', ')}`,
      });
    }
    if (chosen === null && decision === 'allow' && by === 'person') {
      throw new ThroughlineError('input.invalid', 'the agent offered no option that allows this', {
        hint: 'deny it, or interrupt the session',
      });
    }
    const payload: Payload<'approval_resolved'> = {
      approvalId,
      outcome: outcomeOf(chosen, decision),
      ...(chosen === null ? {} : { optionId: chosen.optionId }),
      by,
    };
    run.recordAll([fact('approval_resolved', payload, clock())], onDurable);
  };

  return {
    /** The agent asks. Answered at once when no run is there to ask for it, or too much is open already. */
    request: (run: Run | null, connection: Answerer, requestId: RequestId, params: unknown): void => {
      const parsed = permissionRequest.safeParse(params);
      const isHeard =
        run !== null && !isTerminal(run.status()) && run.ahead().context.openApprovals.length < maxOpenApprovals;
      if (!parsed.success || run === null || !isHeard) {
        connection.answer(requestId, cancelled);
        run?.transcript.line(parsed.success ? 'unexpected' : 'unparsed', jsonOf(params) ?? '');
        return;
      }
      const { toolCall, options: offered } = parsed.data;
      const { toolCallId, kind } = toolCall;
      run.transcript.tool(toolCall);
      const approvalId = uuid();
      const choices = offered.slice(0, maxOptions).map((option) => ({
        optionId: option.optionId,
        name: option.name,
        kind: option.kind,
      }));
      pending.set(approvalId, { requestId, connection, options: choices });
      run.transcript.say('approval_requested', {
        approvalId,
        toolCallId,
        title: toolCall.title ?? run.transcript.titleOf(toolCallId) ?? toolCallId,
        ...(kind ? { kind } : {}),
        options: choices,
        // Whoever decides is to see all of it wherever he is asked, without looking for the call that it is about.
        ...run.transcript.askedFor(toolCall),
      });
      if (run.status() === 'interrupting') {
        run.recordAll([fact('approval_resolved', { approvalId, outcome: 'cancelled', by: 'runtime' }, clock())]);
      } else if (policy !== 'ask') {
        resolve(run, { approvalId, decision: policy, optionId: null, by: 'policy' });
      }
    },

    /** A person decides. Raises `approval.not_pending`, or `input.invalid` for an option that was not offered. */
    decide: (run: Run, choice: Omit<Choice, 'by'>, onDurable: () => void): void => {
      if (!run.ahead().context.openApprovals.includes(choice.approvalId) || isTerminal(run.status())) {
        throw new ThroughlineError('approval.not_pending', 'this approval is not waiting for an answer', {
          hint: 'it was answered, cancelled or has expired',
        });
      }
      resolve(run, { ...choice, by: 'person' }, onDurable);
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
    answer: (resolved: Payload<'approval_resolved'>): void => {
      const asked = pending.get(resolved.approvalId);
      if (asked === undefined) return;
      pending.delete(resolved.approvalId);
      const isAnswer = resolved.outcome === 'allowed' || resolved.outcome === 'denied';
      asked.connection.answer(
        asked.requestId,
        isAnswer && resolved.optionId !== undefined
          ? { outcome: { outcome: 'selected', optionId: resolved.optionId } }
          : cancelled,
      );
    },

    /** The run has ended, and with it every request of it. */
    clear: (): void => pending.clear(),
  };
};

/** What the agent will be told, and nothing else: without an option that fits, it hears that it was cancelled. */
const outcomeOf = (chosen: ApprovalOption | null, decision: 'allow' | 'deny'): 'allowed' | 'denied' | 'cancelled' => {
  if (chosen === null) return decision === 'deny' ? 'denied' : 'cancelled';
  return chosen.kind.startsWith('allow') ? 'allowed' : 'denied';
};
