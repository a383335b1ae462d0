/** What waits for a person: pure, over the dashboard's rows and the moments at which somebody looked at each. */
import { endingLine } from '../../actors/protocol/facts/run-ending.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { isActive } from './dashboard-state.ts';
import { plainLine } from './plain-text.ts';

export type LookedAt = {
  /** What ended before this moment was never news here: the window was first opened then. */
  readonly since: number;
  /** When each session was last looked at. */
  readonly sessions: Readonly<Record<string, number>>;
};

export type AttentionKind = 'approval' | 'restored' | 'failed' | 'ended';

export type AttentionItem = { readonly row: DashboardRow; readonly kind: AttentionKind; readonly at: number };

const ranks: Readonly<Record<AttentionKind, number>> = { approval: 0, restored: 1, failed: 2, ended: 3 };

/** Approvals first, whoever has waited longest before the others; then what ended, the latest first. */
export const attentionItems = (rows: readonly DashboardRow[], looked: LookedAt): readonly AttentionItem[] =>
  rows
    .flatMap((row) => {
      const item = attentionOf(row, looked);
      return item === null ? [] : [item];
    })
    .sort(
      (left, right) =>
        ranks[left.kind] - ranks[right.kind] || (left.kind === 'approval' ? left.at - right.at : right.at - left.at),
    );

const attentionOf = (row: DashboardRow, looked: LookedAt): AttentionItem | null => {
  // Looking at an approval does not answer it.
  if (row.pendingApprovals > 0) return { row, kind: 'approval', at: row.lastActivityAt };
  const lookedAt = looked.sessions[row.id] ?? 0;
  if (row.restored && isActive(row)) {
    // It waits to be resumed, also when the window is opened for the first time after the crash.
    const at = row.restoredAt ?? row.lastActivityAt;
    return at > lookedAt ? { row, kind: 'restored', at } : null;
  }
  if (isActive(row) || row.lastActivityAt <= Math.max(looked.since, lookedAt)) return null;
  return { row, kind: row.status === 'Failed' ? 'failed' : 'ended', at: row.lastActivityAt };
};

/** How the run of an item ended, where its status does not say all; null of one that has not. */
export const endedWords = ({ row, kind }: Pick<AttentionItem, 'row' | 'kind'>): string | null => {
  const line = kind === 'failed' || kind === 'ended' ? endingLine(row) : null;
  return line === null ? null : plainLine(line);
};

/** Somebody looks at a session now. A row that changes while it is looked at is seen, too: its own clock counts. */
export const lookAt = (looked: LookedAt, row: DashboardRow, nowMs: number): LookedAt => ({
  ...looked,
  sessions: { ...looked.sessions, [row.id]: Math.max(nowMs, row.lastActivityAt, row.restoredAt ?? 0) },
});

/** Everything that is there now has been seen. */
export const lookAtAll = (looked: LookedAt, rows: readonly DashboardRow[], nowMs: number): LookedAt =>
  rows.reduce((sum, row) => lookAt(sum, row, nowMs), looked);

/** Without the sessions that are gone. */
export const withoutGone = (looked: LookedAt, rows: readonly DashboardRow[]): LookedAt => {
  const there = new Set<string>(rows.map((row) => row.id));
  return {
    ...looked,
    sessions: Object.fromEntries(Object.entries(looked.sessions).filter(([id]) => there.has(id))),
  };
};

/** The items that were not there before: what is worth a notification. */
export const newItems = (
  before: readonly AttentionItem[],
  after: readonly AttentionItem[],
): readonly AttentionItem[] => {
  const known = new Set(before.flatMap(keysOf));
  return after.filter((item) => keysOf(item).some((key) => !known.has(key)));
};

/** What an item tells of. Each approval is one: another may have taken the place of the one before it in one patch. */
const keysOf = ({ row, kind }: AttentionItem): readonly string[] =>
  (kind === 'approval' ? row.approvalIds : [kind]).map((what) => `${row.id} ${what}`);
