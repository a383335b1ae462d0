/**
 * The projection of a session, as event sourcing has it: its dashboard state as a pure fold of its events (ledger and
 * runs) and of the epochs. The writer applies it in the transaction that appends; `verify` applies it to the whole log
 * and compares.
 */
import type { ApprovalOption, EventPlace, EventType, Fact } from '../../protocol/facts/events.ts';
import { ledgerOrdinal, noTime, type RunKey, type Timestamp } from '../../protocol/facts/ids.ts';
import {
  type Activity,
  failureReasonLine,
  isInFlight,
  isTerminal,
  type RunStatus,
} from '../../protocol/facts/status.ts';
import { recoveryHint, withOrphanStopped } from './recovery-hint.ts';

/**
 * How far a session's removal has come: it is begun and may still be abandoned, its events are being erased, or nothing
 * but its tombstone is left.
 */
export type Removal = 'none' | 'begun' | 'erasing' | 'done';

/** An approval of the active run that somebody can still answer. */
export type OpenApproval = {
  readonly approvalId: string;
  readonly toolCallId: string;
  readonly title: string;
  readonly kind: string | null;
  readonly options: readonly ApprovalOption[];
  readonly requestedAt: number;
};

export type SessionState = {
  readonly name: string;
  readonly agent: string;
  readonly repository: string;
  readonly approvalPolicy: 'ask' | 'allow' | 'deny';
  readonly usesWorktree: boolean;
  readonly mode: string | null;
  readonly agentSessionId: string | null;
  readonly worktreePath: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly baseCommit: string | null;
  readonly status: RunStatus;
  readonly activity: Activity | null;
  readonly failureReason: string | null;
  readonly createdAt: Timestamp;
  readonly lastActivityAt: Timestamp;
  readonly runCount: number;
  readonly resumeCount: number;
  readonly activeRunKey: RunKey | null;
  readonly approvals: readonly OpenApproval[];
  readonly usageUsed: number | null;
  readonly usageSize: number | null;
  readonly costAmount: number | null;
  readonly costCurrency: string | null;
  readonly restored: boolean;
  readonly restoredAt: Timestamp | null;
  readonly recoveryHint: string | null;
  readonly removal: Removal;
};

/** What a session is before its first event. */
export const unbornSession: SessionState = {
  name: '',
  agent: '',
  repository: '',
  approvalPolicy: 'ask',
  usesWorktree: true,
  mode: null,
  agentSessionId: null,
  worktreePath: null,
  branch: null,
  base: null,
  baseCommit: null,
  status: 'queued',
  activity: null,
  failureReason: null,
  createdAt: noTime,
  lastActivityAt: noTime,
  runCount: 0,
  resumeCount: 0,
  activeRunKey: null,
  approvals: [],
  usageUsed: null,
  usageSize: null,
  costAmount: null,
  costCurrency: null,
  restored: false,
  restoredAt: null,
  recoveryHint: null,
  removal: 'none',
};

/**
 * The types whose payload the fold looks into. For all others their place is enough, so nobody need decode the bulk
 * of the log (messages, thinking, tool output).
 */
const typesLookedInto: ReadonlySet<string> = new Set<EventType>([
  'session_created',
  'session_renamed',
  'worktree_created',
  'worktree_removed',
  'agent_session_learnt',
  'agent_mode_learnt',
  'orphan_stopped',
  'removal_begun',
  'removal_abandoned',
  'events_removed',
  'session_removed',
  'prompt',
  'approval_requested',
  'approval_resolved',
  'interrupt_requested',
  'status',
  'usage',
]);
export const sessionLooksInto = (type: string): boolean => typesLookedInto.has(type);

/**
 * The state after one event. `fact` may be null for a type the fold does not look into, or does not know.
 */
export const applyToSession = (state: SessionState, place: EventPlace, fact: Fact | null): SessionState => {
  if (place.ordinal === ledgerOrdinal) return applyLedger(state, fact);
  // What its state came from is going, so nothing that comes late may be added to it.
  if (state.removal === 'erasing' || state.removal === 'done') return state;
  return applyRun(clearRestored(state, place), place, fact);
};

/** The state after the runtime was started again: what was in flight is marked as restored, and keeps its status. */
export const applyEpochToSession = (
  state: SessionState,
  epoch: { readonly startedAt: Timestamp; readonly previousWasClean: boolean },
): SessionState => {
  // Marks of an earlier restart stand until the session's first new event: their hint says how it really ended.
  if (state.restored || !isInFlight(state.status)) return state;
  return {
    ...state,
    restored: true,
    restoredAt: epoch.startedAt,
    recoveryHint: recoveryHint(state.status, state.activity, epoch.previousWasClean),
    // Nobody can answer these any more: the agent that asked is gone.
    approvals: [],
  };
};

// The events of a batch have one time, so after its first there is nothing to copy.
const clearRestored = (state: SessionState, place: EventPlace): SessionState =>
  state.lastActivityAt === place.recordedAt && !state.restored
    ? state
    : { ...state, lastActivityAt: place.recordedAt, restored: false, restoredAt: null, recoveryHint: null };

const applyLedger = (state: SessionState, fact: Fact | null): SessionState => {
  switch (fact?.type) {
    case 'session_created': {
      const { payload } = fact;
      return {
        ...state,
        name: payload.name,
        agent: payload.agent,
        repository: payload.repository,
        approvalPolicy: payload.approvals,
        usesWorktree: payload.worktree,
        branch: payload.branch,
        base: payload.base,
        baseCommit: payload.baseCommit,
        mode: payload.mode,
        createdAt: fact.occurredAt,
        lastActivityAt: fact.occurredAt,
      };
    }
    case 'session_renamed':
      return { ...state, name: fact.payload.name };
    case 'worktree_created':
      return { ...state, worktreePath: fact.payload.path, branch: fact.payload.branch };
    case 'worktree_removed':
      return { ...state, worktreePath: null };
    case 'agent_session_learnt':
      return { ...state, agentSessionId: fact.payload.agentSessionId };
    case 'agent_mode_learnt':
      return { ...state, mode: fact.payload.mode };
    case 'orphan_stopped':
      return state.restored ? { ...state, recoveryHint: withOrphanStopped(state.recoveryHint) } : state;
    case 'removal_begun':
      return state.removal === 'none' ? { ...state, removal: 'begun' } : state;
    case 'removal_abandoned':
      return state.removal === 'begun' ? { ...state, removal: 'none' } : state;
    // What it held is going from the log, or gone, so nothing of it may stay here either; and so this does not depend on
    // how much of it is still there.
    case 'events_removed':
      return { ...unbornSession, status: 'completed', removal: 'erasing' };
    case 'session_removed':
      return { ...unbornSession, status: 'completed', removal: 'done' };
    default:
      return state;
  }
};

const applyRun = (state: SessionState, place: EventPlace, fact: Fact | null): SessionState => {
  if (fact?.type === 'prompt') {
    return {
      ...state,
      status: 'queued',
      activity: null,
      failureReason: null,
      runCount: Math.max(state.runCount, place.ordinal),
      resumeCount: state.resumeCount + (fact.payload.origin === 'prompt' ? 0 : 1),
      activeRunKey: place.runKey,
      approvals: [],
    };
  }
  // What comes late, for a run that has ended or was superseded, is history and no longer moves the session.
  if (place.runKey !== state.activeRunKey) return state;
  switch (fact?.type) {
    case 'status': {
      const { status, reason } = fact.payload;
      if (!isTerminal(status)) return { ...state, status, activity: status === 'running' ? 'working' : null };
      return {
        ...state,
        status,
        activity: null,
        failureReason: status === 'failed' ? failureReasonLine(reason ?? 'the run failed') : null,
        activeRunKey: null,
        approvals: [],
      };
    }
    case 'interrupt_requested':
      return { ...state, status: 'interrupting', activity: null };
    case 'approval_requested': {
      const { approvalId, toolCallId, title, kind, options } = fact.payload;
      const asked = { approvalId, toolCallId, title, kind: kind ?? null, options, requestedAt: fact.occurredAt };
      return withApprovals(state, [...state.approvals, asked]);
    }
    case 'approval_resolved':
      return withApprovals(
        state,
        state.approvals.filter((approval) => approval.approvalId !== fact.payload.approvalId),
      );
    case 'usage': {
      const { used, size, cost } = fact.payload;
      return {
        ...state,
        usageUsed: used ?? state.usageUsed,
        usageSize: size ?? state.usageSize,
        costAmount: cost?.amount ?? state.costAmount,
        costCurrency: cost?.currency ?? state.costCurrency,
      };
    }
    default:
      return state;
  }
};

const withApprovals = (state: SessionState, approvals: readonly OpenApproval[]): SessionState => ({
  ...state,
  approvals,
  activity: state.status === 'running' ? (approvals.length > 0 ? 'awaiting_approval' : 'working') : state.activity,
});
