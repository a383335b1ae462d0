/** What a timeline is made of. An item is one thing a reader sees; every event of the log belongs to exactly one. */
import type { ApprovalOption, Diff, StoredText } from '../../../actors/protocol/facts/events.ts';
import type { Part } from './part.ts';
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
  /** The agent of the agent that it is of. */
  readonly subagent: string | null;
};

/** The separator at a run's beginning; it takes in what is only of use there: the statuses on the way, the usage. */
export type RunItem = Common & {
  readonly kind: 'run';
  /** False when the run began before what is loaded. */
  readonly fromStart: boolean;
  readonly outcome: 'completed' | 'interrupted' | 'failed' | null;
  readonly endedAt: number | null;
};

export type PromptItem = Common & {
  readonly kind: 'prompt';
  readonly text: string;
  readonly origin: string;
  /** What was given with it. */
  readonly parts: readonly Part[];
};

/** Whether no person wrote it: Throughline did, to have the agent go on after a restart. */
export const isOfThroughline = ({ origin }: PromptItem): boolean => origin === 'continuation';

type Spoken = Common & {
  readonly text: string;
  readonly messageId: string | null;
  /** What was shown; an item has either these or a text. */
  readonly parts: readonly Part[];
  /** Said before a retry already. */
  readonly repeated: boolean;
};
export type MessageItem = Spoken & { readonly kind: 'message' };
export type ThinkingItem = Spoken & { readonly kind: 'thinking' };

/** A file, and a line of it where one is meant. */
export type Location = { readonly path: string; readonly line: number | null };

/** How a command ended that ran in a terminal of ours. */
export type Exit = { readonly code: number | null; readonly signal: string | null };

export type ToolItem = Common & {
  readonly kind: 'tool';
  readonly toolCallId: string;
  /** The call that it belongs to. */
  readonly parent: string | null;
  readonly title: string | null;
  /** The tool's own name. */
  readonly name: string | null;
  readonly toolKind: string | null;
  readonly input: unknown;
  readonly locations: readonly Location[];
  readonly output: StoredText | null;
  readonly diffs: readonly Diff[];
  readonly parts: readonly Part[];
  readonly rawOutput: unknown;
  readonly exit: Exit | null;
  /** Null while there is no result; whether that means "under way" or "unknown" depends on the run. */
  readonly result: 'completed' | 'failed' | null;
  readonly endedAt: number | null;
  /** The log has a request for approval of this call and no answer to it. */
  readonly awaitsApproval: boolean;
  /** Its request was answered with a no, was withdrawn or expired: nobody let it happen. */
  readonly refused: boolean;
  /** For how long its requests waited for a person, in milliseconds. */
  readonly waitedMs: number;
};

export type Resolution = {
  readonly outcome: string;
  readonly by: string;
  readonly optionId: string | null;
  /** What was filled into the form of a question. */
  readonly answers: unknown;
  /** It holds for always, not for this once. */
  readonly always: boolean;
  readonly at: number;
};

/** A question: one of the options is its answer, or a form is filled in, or a page is opened. */
export type Question = { readonly form: unknown; readonly url: string | null };

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
  readonly toolName: string | null;
  readonly locations: readonly Location[];
  readonly parts: readonly Part[];
  /** Null for an action that is to be allowed. */
  readonly question: Question | null;
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
  /** What kind of failure of the model it was, where that is known. */
  readonly failureKind: string | null;
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
  /** For how long of that it waited for a person. */
  readonly waitedMs: number;
  /** An error that stands above says the reason in full. */
  readonly isToldAbove: boolean;
};

/** What the agent tells beside its work, in a line; there may be more to unfold. */
export type ToldItem = Common & { readonly kind: 'told'; readonly text: string; readonly more: StoredText | null };

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
  | ToldItem
  | QuietItem
  | UnknownItem;

export type ItemKind = Item['kind'];

/** The place of an item's first event. */
export const placeOfItem = ({ run, seq }: Item): Place => ({ run, seq });
