/** What the window's socket brings, looked at before it is believed. */

import type { PauseState } from '../../actors/protocol/facts/limit-events.ts';
import { dashboardStatuses } from '../../actors/protocol/facts/status.ts';
import type { LandingState } from '../../actors/protocol/facts/work-summary.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { WindowMessage } from '../../actors/protocol/gateway/window.ts';
import type { ShownWork } from '../../actors/protocol/gateway/work.ts';
import {
  type Guard,
  isEither,
  isListOf,
  isNullOr,
  isNumber,
  isOneOf,
  isRecordOf,
  isShape,
  isText,
  isTruth,
  isWrittenId,
} from './guard.ts';

const isTextOrNull = isNullOr(isText);
const isNumberOrNull = isNullOr(isNumber);

type PullRequest = NonNullable<ShownWork['pullRequest']>;

const isWork: Guard<ShownWork> = isShape<ShownWork>({
  archived: isTruth,
  snapshots: isNumber,
  branch: isTextOrNull,
  restoring: isTruth,
  moving: isTruth,
  tearingDown: isTruth,
  openComments: isNumber,
  queuedComments: isNumber,
  queuedPrompts: isNumber,
  pause: isNullOr(
    isShape<PauseState>({
      why: isOneOf('limit', 'service', 'connection', 'flood', 'person'),
      until: isNumberOrNull,
      known: isTruth,
      attempt: isNumber,
      message: isText,
      again: isOneOf('prompt', 'continue'),
      name: isTextOrNull,
    }),
  ),
  sentComments: isNumber,
  checks: isRecordOf(isOneOf('running', 'passed', 'failed', 'cancelled', 'timed_out', 'lost')),
  landing: isNullOr(
    isShape<LandingState>({
      landingId: isText,
      onto: isText,
      state: isOneOf(
        'queued',
        'rebasing',
        'checking',
        'waiting',
        'landing',
        'landed',
        'returned',
        'held',
        'withdrawn',
        'undone',
      ),
      words: isTextOrNull,
      commit: isTextOrNull,
    }),
  ),
  pullRequest: isNullOr(
    isShape<PullRequest>({
      number: isNumber,
      url: isText,
      title: isText,
      state: isOneOf('draft', 'open', 'merged', 'closed'),
      checks: isShape<PullRequest['checks']>({ passed: isNumber, failed: isNumber, pending: isNumber }),
      review: isTextOrNull,
    }),
  ),
});

const isRow: Guard<DashboardRow> = isShape<DashboardRow>({
  id: isWrittenId,
  name: isText,
  agent: isText,
  repository: isText,
  status: isOneOf(...dashboardStatuses),
  activity: isOneOf('working', 'awaiting_approval', null),
  createdAt: isNumber,
  lastActivityAt: isNumber,
  failureReason: isTextOrNull,
  worktree: isShape<DashboardRow['worktree']>({ path: isTextOrNull, branch: isTextOrNull, base: isTextOrNull }),
  runCount: isNumber,
  resumeCount: isNumber,
  activeRunId: isTextOrNull,
  pendingApprovals: isNumber,
  approvalIds: isListOf(isText),
  usage: isShape<DashboardRow['usage']>({
    used: isNumberOrNull,
    size: isNumberOrNull,
    cost: isNullOr(isShape<{ amount: number; currency: string }>({ amount: isNumber, currency: isText })),
  }),
  restored: isTruth,
  restoredAt: isNumberOrNull,
  live: isTruth,
  waitingFor: isOneOf('approval', 'question', 'limit', 'schedule', null),
  waitingUntil: isNumberOrNull,
  queued: isNumber,
  recoveryHint: isTextOrNull,
  conversation: isOneOf('begun', 'resumed', 'loaded', 'begun_anew', null),
  asks: isNullOr(isTruth),
  stopReason: isTextOrNull,
  failureKind: isOneOf('limit', 'authentication', 'context', 'service', 'connection', 'request', null),
  agentTitle: isTextOrNull,
  leftRunning: isNumber,
  work: isWork,
});

type Kind<Name extends WindowMessage['kind']> = Extract<WindowMessage, { readonly kind: Name }>;

export const isWindowMessage: Guard<WindowMessage> = isEither(
  isShape<Kind<'patch'>>({
    kind: isOneOf('patch'),
    version: isNumber,
    changed: isListOf(isRow),
    removed: isListOf(isText),
  }),
  isShape<Kind<'snapshot'>>({ kind: isOneOf('snapshot'), version: isNumber, rows: isListOf(isRow) }),
  isShape<Kind<'raise'>>({ kind: isOneOf('raise') }),
);
