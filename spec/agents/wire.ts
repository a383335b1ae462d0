import type { Conversation, Turn } from './scenarios.ts';

/** One piece of a streamed answer, as a server-sent event; the pause comes after it. */
export type Frame = {
  readonly event?: string;
  readonly data: unknown;
  readonly pauseMs?: number;
  /** True for a piece of the answer's text: what a test can wait for. */
  readonly isText?: boolean;
};

/** One way of speaking to a model: how a request is read, and how an answer is streamed. */
export type Wire = {
  readonly name: string;
  /** Whether a request for this path (without its query) is of this wire. */
  readonly path: RegExp;
  readonly read: (body: unknown) => Conversation;
  readonly frames: (turn: Turn, request: { readonly id: number; readonly body: unknown }) => Iterable<Frame>;
  /** Paths whose answers are streamed, where it is the path that says so and not `stream` in the body. */
  readonly streamedPath?: RegExp;
  /** The answer in one piece, for a client that asked for it that way. */
  readonly whole?: (turn: Turn, request: { readonly id: number; readonly body: unknown }) => unknown;
};
