/**
 * The dashboard as it changes, for every window. What changed is read once for a burst of commits, and a client is no
 * more than a mark of how far it has been told: it gets what changed since then, whenever it can take more. So nothing
 * queues for a slow one (backpressure), and what it missed is joined by itself (coalesced).
 */

import { diffDashboard, type RowChanges } from '../../../actors/model/dashboard/dashboard-patch.ts';
import { byDefaultOrder } from '../../../actors/model/dashboard/default-order.ts';
import type { Position, SessionKey } from '../../../actors/protocol/facts/ids.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { DashboardMessage } from '../../../actors/protocol/gateway/window.ts';
import type { Runtime } from '../../surface.ts';

/** What a client's WebSocket has to offer. */
export type LiveSocket = {
  readonly bufferedAmount: number;
  readonly send: (text: string, onSent: () => void) => void;
};

export type LiveDashboardOptions = {
  readonly runtime: Pick<Runtime, 'dashboard' | 'dashboardRows' | 'onCommitted'>;
  /** Called when the rows could not be read; the clients are then to be cut off, so that they begin anew. */
  readonly onFailed: (error: unknown) => void;
  /** The least time from one reading to the next. The first after a rest is at once. */
  readonly throttleMs: number;
  /** A client that has more than this on its way is told nothing. */
  readonly bufferedBytes: number;
};

export type LiveDashboard = {
  /** Tells a client everything from now on, or what changed since `version`; gives what ends that. */
  readonly join: (socket: LiveSocket, version: number | undefined) => () => void;
};

/** More changed rows than this, and than half of all, are told as a snapshot. */
const maxPatchRows = 50;
/** How many of the last changes are remembered for those who come back, and how many removals. */
const maxRemembered = 1_000;

/** A change of the board. Numbered on its own: two may reflect the same position. */
type Revision = { readonly revision: number; readonly version: number };
type Client = { readonly socket: LiveSocket; toldRevision: number | null };

export const createLiveDashboard = (options: LiveDashboardOptions): LiveDashboard => {
  const { runtime } = options;
  const clients = new Set<Client>();
  const rows = new Map<string, { readonly row: DashboardRow; readonly revision: number }>();
  const removed = new Map<string, number>();
  let history: Revision[] = [];
  let revision = 0;
  let version = 0;
  /** Patches are told to clients that have at least this; the others get a snapshot. The first reading is 1. */
  let oldestRevision = 1;
  let pending: { keys: Set<SessionKey>; all: boolean; position: number } | null = null;
  let loaded = false;
  let reading = false;
  /** Counts how often all have left. A reading that was begun before is of a time nobody looks at any more. */
  let departures = 0;
  let timer: NodeJS.Timeout | null = null;
  let lastRead = Number.NEGATIVE_INFINITY;
  let unsubscribe: (() => void) | null = null;
  let told: { readonly from: number | null; readonly to: number; readonly text: string } | null = null;

  const onCommitted = (position: Position, sessions: readonly SessionKey[]): void => {
    pending ??= { keys: new Set(), all: false, position };
    pending.position = position;
    if (sessions.length === 0) pending.all = true;
    for (const key of sessions) pending.keys.add(key);
    schedule();
  };

  const schedule = (): void => {
    if (reading || timer !== null || pending === null) return;
    const waitMs = lastRead + options.throttleMs - performance.now();
    if (waitMs <= 0) void read();
    else timer = setTimeout(read, waitMs);
  };

  const read = async (): Promise<void> => {
    timer = null;
    const wanted = pending;
    if (wanted === null) return;
    pending = null;
    reading = true;
    lastRead = performance.now();
    const departuresBefore = departures;
    try {
      if (wanted.all) {
        const snapshot = await runtime.dashboard();
        if (departuresBefore !== departures) return;
        const known = [...rows.values()].map(({ row }) => row);
        // The position of the last news, not of the reading: a session that changed in between is in later news.
        apply(diffDashboard(known, snapshot.rows), loaded ? wanted.position : snapshot.version);
        loaded = true;
      } else {
        const { rows: found, gone } = await runtime.dashboardRows([...wanted.keys]);
        if (departuresBefore !== departures) return;
        apply({ changed: found, removed: gone }, wanted.position);
      }
      for (const client of clients) tell(client);
    } catch (error) {
      if (departuresBefore !== departures) return;
      loaded = false;
      options.onFailed(error);
    } finally {
      reading = false;
      schedule();
    }
  };

  const apply = (changes: RowChanges, at: number): void => {
    revision += 1;
    version = Math.max(version, at);
    for (const row of changes.changed) {
      rows.set(row.id, { row, revision });
      removed.delete(row.id);
    }
    for (const id of changes.removed) if (rows.delete(id)) removed.set(id, revision);
    history.push({ revision, version });
    if (history.length > maxRemembered) history = history.slice(-maxRemembered / 2);
    while (removed.size > maxRemembered) {
      const [id = '', removedAt = 0] = removed.entries().next().value ?? [];
      removed.delete(id);
      oldestRevision = Math.max(oldestRevision, removedAt);
    }
  };

  const tell = (client: Client, isGreeting = false): void => {
    if (!loaded || (client.toldRevision === revision && !isGreeting)) return;
    if (client.socket.bufferedAmount > options.bufferedBytes) return; // `onSent` comes back to it
    const text = messageSince(client.toldRevision);
    client.toldRevision = revision;
    client.socket.send(text, () => {
      if (clients.has(client)) tell(client);
    });
  };

  /** What brings a client from what it was told to what is now. Most clients have been told the same. */
  const messageSince = (from: number | null): string => {
    if (told?.from === from && told.to === revision) return told.text;
    told = { from, to: revision, text: JSON.stringify(changesSince(from)) };
    return told.text;
  };

  const changesSince = (from: number | null): DashboardMessage => {
    if (from !== null && from >= oldestRevision) {
      const changed = [...rows.values()].filter((entry) => entry.revision > from).map(({ row }) => row);
      const gone = [...removed].filter(([, removedAt]) => removedAt > from).map(([id]) => id);
      if (changed.length <= Math.max(maxPatchRows, rows.size / 2)) {
        return { kind: 'patch', version, changed, removed: gone };
      }
    }
    return { kind: 'snapshot', version, rows: [...rows.values()].map(({ row }) => row).sort(byDefaultOrder) };
  };

  /** How far a client with this version has been told; null when a patch cannot build on that. */
  const revisionOf = (given: number | undefined): number | null => {
    // A start marks sessions as restored without any event, so a version from before the first reading says too little.
    const [first] = history;
    if (given === undefined || first === undefined || given <= first.version || given > version) return null;
    const exact = history.find((entry) => entry.version === given);
    const before = history.findLast((entry) => entry.version < given);
    return exact?.revision ?? before?.revision ?? null;
  };

  const begin = (): void => {
    unsubscribe = runtime.onCommitted(onCommitted);
    // Nobody listened until now, so any row may have changed.
    pending = { keys: new Set(), all: true, position: version };
    lastRead = Number.NEGATIVE_INFINITY;
    schedule();
  };

  const end = (): void => {
    unsubscribe?.();
    unsubscribe = null;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    pending = null;
    loaded = false;
    departures += 1;
  };

  return {
    join: (socket, given) => {
      const client: Client = { socket, toldRevision: null };
      if (unsubscribe === null) begin();
      client.toldRevision = revisionOf(given);
      clients.add(client);
      // Also when nothing has changed: then it knows that what it has is true.
      tell(client, true);
      return () => {
        clients.delete(client);
        if (clients.size === 0) end();
      };
    },
  };
};
