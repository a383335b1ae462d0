/** What a timeline is made of. An item is one thing a reader sees; every event of the log belongs to exactly one. */
import type { ApprovalOption, Diff, StoredText } from '../../../actors/protocol/facts/events.ts';
import type { Place } from './place.ts';

type Common = {
  /** Stays the same as long as the item's first event is known. */
  readonly key: string;
  readonly run: number;
  /** Its first event's place in the run: where the item stands. */
  readonly seq: number;
  readonly at: number;
  /** How many events it was made of. */
  readonly events: number;
  /** The agent told of it only when its conversation was loaded again. */
  readonly recovered: boolean;
};

/** The separator at a run's beginning; it takes in what is only of use there: the statuses on the way, the usage. */
export type RunItem = Common & {
  readonly kind: 'run';
  /** False when the run began before what is loaded. */
  readonly fromStart: boolean;
  readonly outcome: 'completed' | 'interrupted' | 'failed' | null;
  readonly endedAt: number | null;
};

export type PromptItem = Common & { readonly kind: 'prompt'; readonly text: string; readonly origin: string };

type Spoken = Common & { readonly text: string; readonly messageId: string | null };
export type MessageItem = Spoken & { readonly kind: 'message' };
export type ThinkingItem = Spoken & { readonly kind: 'thinking' };

export type ToolItem = Common & {
  readonly kind: 'tool';
  readonly toolCallId: string;
  readonly title: string | null;
  readonly toolKind: string | null;
  readonly input: unknown;
  readonly locations: readonly string[];
  readonly output: StoredText | null;
  readonly diffs: readonly Diff[];
  readonly rawOutput: unknown;
  /** Null while there is no result; whether that means "under way" or "unknown" depends on the run. */
  readonly result: 'completed' | 'failed' | null;
  readonly endedAt: number | null;
  /** The log has a request for approval of this call and no answer to it. */
  readonly awaitsApproval: boolean;
};

export type Resolution = {
  readonly outcome: string;
  readonly by: string;
  readonly optionId: string | null;
  readonly at: number;
};

export type ApprovalItem = Common & {
  readonly kind: 'approval';
  readonly approvalId: string;
  readonly toolCallId: string;
  readonly title: string;
  readonly toolKind: string | null;
  readonly options: readonly ApprovalOption[];
  readonly input: unknown;
  readonly diffs: readonly Diff[];
  /** What the agent says of it. */
  readonly text: StoredText | null;
  readonly resolution: Resolution | null;
};

export type PlanEntry = { readonly content: string; readonly status: string; readonly priority: string | null };
/** A plan as it was last told, where it was first told; each run has its own. */
export type PlanItem = Common & { readonly kind: 'plan'; readonly entries: readonly PlanEntry[] };

export type ErrorItem = Common & {
  readonly kind: 'error';
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly detail: StoredText | null;
};

export type InterruptItem = Common & { readonly kind: 'interrupt'; readonly attempt: number };

/** The end of a run. */
export type EndItem = Common & {
  readonly kind: 'end';
  readonly outcome: 'completed' | 'interrupted' | 'failed';
  readonly reason: string | null;
  readonly stopReason: string | null;
  readonly tookMs: number | null;
};

/** Of no interest to a reader of the work, unless asked for. */
export type QuietItem = Common & { readonly kind: 'quiet'; readonly text: string };

/** A type of a newer program, or a payload that does not fit: shown as it is. */
export type UnknownItem = Common & { readonly kind: 'unknown'; readonly type: string; readonly payload: unknown };

export type Item =
  | RunItem
  | PromptItem
  | MessageItem
  | ThinkingItem
  | ToolItem
  | ApprovalItem
  | PlanItem
  | ErrorItem
  | InterruptItem
  | EndItem
  | QuietItem
  | UnknownItem;

export type ItemKind = Item['kind'];

/** The place of an item's first event. */
export const placeOfItem = ({ run, seq }: Item): Place => ({ run, seq });
