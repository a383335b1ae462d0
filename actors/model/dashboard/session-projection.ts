/**
 * The projection of a session, as event sourcing has it: its dashboard state as a pure fold of its events (ledger and
 * runs) and of the epochs. The writer applies it in the transaction that appends; `verify` applies it to the whole log
 * and compares.
 */
import type {
  ApprovalOption,
  EventPlace,
  EventType,
  Fact,
  FailureKind,
  McpServer,
  OpeningKind,
} from '../../protocol/facts/events.ts';
import { ledgerOrdinal, noTime, type Position, type RunKey, type Timestamp } from '../../protocol/facts/ids.ts';
import {
  type Activity,
  failureReasonLine,
  isInFlight,
  isTerminal,
  type RunStatus,
} from '../../protocol/facts/status.ts';
import { noWork, type WorkSummary } from '../../protocol/facts/work-summary.ts';
import { applyToSummary, summaryLooksInto } from '../work/work-summary.ts';
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
  /** It asks a person something, instead of leave to act. */
  readonly isQuestion?: true | undefined;
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
  /** How the last conversation with its agent was opened. */
  readonly conversation: OpeningKind | null;
  /** Whether its agent asks before it acts; null when that is not known. */
  readonly asks: boolean | null;
  /** Why the last run ended, in the agent's word, where that is not that it had done all there was to do. */
  readonly stopReason: string | null;
  readonly failureKind: FailureKind | null;
  readonly agentTitle: string | null;
  /** Where the log holds the agent's options and its commands, as it told them last. */
  readonly optionsPosition: Position | null;
  readonly commandsPosition: Position | null;
  /** What was chosen of the agent's options, by their ids. */
  readonly choices: Readonly<Record<string, string | boolean>>;
  readonly mcpServers: readonly McpServer[];
  readonly additionalDirectories: readonly string[];
  /** How many processes an interrupted turn left running. */
  readonly leftRunning: number;
  /** What became of its work: snapshots, review, checks, landing. */
  readonly work: WorkSummary;
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
  conversation: null,
  asks: null,
  stopReason: null,
  failureKind: null,
  agentTitle: null,
  optionsPosition: null,
  commandsPosition: null,
  choices: {},
  mcpServers: [],
  additionalDirectories: [],
  leftRunning: 0,
  work: noWork,
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
  'worktree_recovered',
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
  'error',
  'conversation',
  'title',
  'options',
  'commands',
  'option_chosen',
  'left_running',
  'left_running_ended',
]);
export const sessionLooksInto = (type: string): boolean => typesLookedInto.has(type) || summaryLooksInto(type);

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
    recoveryHint: recoveryHint(state.status, state.activity, epoch.previousWasClean, state.work.pause),
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
        choices: payload.choices ?? {},
        mcpServers: payload.mcpServers ?? [],
        additionalDirectories: payload.additionalDirectories ?? [],
        agentSessionId: payload.agentSessionId ?? null,
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
    case 'worktree_recovered': {
      const { path, repository = state.repository } = fact.payload;
      return { ...state, worktreePath: path, repository };
    }
    case 'agent_session_learnt':
      return { ...state, agentSessionId: fact.payload.agentSessionId };
    case 'agent_mode_learnt': {
      // The agent has gone to it by itself, so it is no choice of a person any more.
      const { mode: _left, ...choices } = state.choices;
      return { ...state, mode: fact.payload.mode, choices };
    }
    case 'option_chosen': {
      const { optionId, value } = fact.payload;
      const { [optionId]: _before, ...others } = state.choices;
      const mode = optionId === 'mode' && typeof value === 'string' ? value || null : state.mode;
      if (value === '') return { ...state, mode, choices: others };
      // In the order in which they were chosen: two names may mean one option, and the last stands.
      return { ...state, mode, choices: { ...others, [optionId]: value } };
    }
    case 'left_running':
      return { ...state, leftRunning: fact.payload.processes.length };
    case 'left_running_ended':
      return { ...state, leftRunning: 0 };
    case 'orphan_stopped': {
      const ended = { ...state, leftRunning: 0 };
      return state.restored ? { ...ended, recoveryHint: withOrphanStopped(state.recoveryHint) } : ended;
    }
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
    default: {
      if (fact === null) return state;
      const work = applyToSummary(state.work, fact);
      return work === state.work ? state : { ...state, work };
    }
  }
};

const applyRun = (state: SessionState, place: EventPlace, fact: Fact | null): SessionState => {
  if (fact?.type === 'prompt') {
    return {
      ...state,
      status: 'queued',
      activity: null,
      failureReason: null,
      failureKind: null,
      stopReason: null,
      runCount: Math.max(state.runCount, place.ordinal),
      resumeCount: state.resumeCount + (fact.payload.origin === 'prompt' ? 0 : 1),
      activeRunKey: place.runKey,
      approvals: [],
      work: applyToSummary(state.work, fact),
    };
  }
  // What the agent offers is told between runs as well.
  if (fact?.type === 'options') {
    const { asks = state.asks } = fact.payload;
    return { ...state, optionsPosition: place.position, asks };
  }
  if (fact?.type === 'commands') return { ...state, commandsPosition: place.position };
  if (fact?.type === 'title') return { ...state, agentTitle: fact.payload.title };
  // What comes late, for a run that has ended or was superseded, is history and no longer moves the session.
  if (place.runKey !== state.activeRunKey) return state;
  switch (fact?.type) {
    case 'status': {
      const { status, reason, stopReason } = fact.payload;
      if (!isTerminal(status)) return { ...state, status, activity: status === 'running' ? 'working' : null };
      return {
        ...state,
        work: applyToSummary(state.work, fact),
        status,
        activity: null,
        failureReason: status === 'failed' ? failureReasonLine(reason ?? 'the run failed') : null,
        failureKind: status === 'failed' ? state.failureKind : null,
        stopReason: stopReason === undefined || stopReason === 'end_turn' ? null : stopReason,
        activeRunKey: null,
        approvals: [],
      };
    }
    case 'interrupt_requested':
      return { ...state, status: 'interrupting', activity: null, work: applyToSummary(state.work, fact) };
    case 'approval_requested': {
      const { approvalId, toolCallId, title, kind, options, question } = fact.payload;
      const asked = { approvalId, toolCallId, title, kind: kind ?? null, options, requestedAt: fact.occurredAt };
      const isQuestion = question === undefined ? {} : ({ isQuestion: true } as const);
      return withApprovals(state, [...state.approvals, { ...asked, ...isQuestion }]);
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
    case 'error':
      return { ...state, failureKind: fact.payload.kind ?? null };
    case 'paused':
    case 'continued': {
      if (state.status !== 'running') return state;
      const activity = fact.type === 'continued' ? 'working' : null;
      return { ...state, activity, work: applyToSummary(state.work, fact) };
    }
    case 'conversation':
      return { ...state, conversation: fact.payload.how, asks: fact.payload.asks };
    default:
      return state;
  }
};

const withApprovals = (state: SessionState, approvals: readonly OpenApproval[]): SessionState => ({
  ...state,
  approvals,
  activity: state.status === 'running' ? (approvals.length > 0 ? 'awaiting_approval' : 'working') : state.activity,
});
