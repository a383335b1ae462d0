import type { ReadonlySignal } from '@preact/signals';
import type { SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import type { LiveState } from '../../connection/live.ts';
import type { WindowBounds } from '../model/event-window.ts';
import type { Item, PlanItem } from '../model/item.ts';
import type { Place } from '../model/place.ts';
import type { Direction } from './session-source.ts';

/** What is drawn. `grewAtStart` tells the list to keep its place from the end. */
export type Timeline = {
  readonly items: readonly Item[];
  readonly plan: PlanItem | null;
  readonly grewAtStart: boolean;
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
};

/** Where the list is to go: an event, once for each `request`. */
export type Target = { readonly place: Place; readonly request: number };

export type SessionState = {
  readonly detail: ReadonlySignal<SessionDetail | null>;
  /** Null before the first page. */
  readonly timeline: ReadonlySignal<Timeline | null>;
  readonly failure: ReadonlySignal<unknown>;
  readonly tail: ReadonlySignal<LiveState>;
  /** Events that came since the reader left the end. */
  readonly unseen: ReadonlySignal<number>;
  /** Whether the list stays at the end as it grows. */
  readonly following: ReadonlySignal<boolean>;
  readonly target: ReadonlySignal<Target | null>;
  /** The newest run that was heard of. */
  readonly lastRun: ReadonlySignal<number>;
  /** The newest entry of the ledger that was heard of; 0 before any was. */
  readonly lastLedgerSeq: ReadonlySignal<number>;
  readonly itemAt: (place: Place) => Item | null;
  readonly loadEarlier: () => Promise<void>;
  readonly loadLater: () => Promise<void>;
  readonly goTo: (place: Place) => Promise<void>;
  readonly goToEnd: () => Promise<void>;
  /** Goes to the next event of some types; false when there is none. */
  readonly jump: (types: readonly string[], from: Place | null, direction: Direction) => Promise<boolean>;
  readonly leaveEnd: () => void;
  readonly reachEnd: () => void;
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
};

export type SessionStateOptions = {
  readonly at?: Place | undefined;
  readonly pageEvents?: number;
  readonly bounds?: WindowBounds;
  /** Runs something soon and once: for a window the next frame. */
  readonly soon?: (run: () => void) => void;
  readonly detailEveryMs?: number;
};
