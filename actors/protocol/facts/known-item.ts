/**
 * What an agent said or did, as far as it takes to know it again when the agent tells it a second time. Texts are known
 * by their beginning, their length and their hash, and white space in them does not count: agents join and trim what
 * they repeat.
 */
export type KnownText = {
  readonly kind: 'message' | 'thinking';
  /** The agent's own id of the message; null when it gave none. */
  readonly id: string | null;
  /** Its first characters without white space, at most `headCharacters` of them. */
  readonly head: string;
  /** Its characters (UTF-16 units) without white space, and their hash. */
  readonly characters: number;
  readonly hash: string;
};

export type KnownTool = {
  readonly kind: 'tool';
  readonly id: string;
  /** Hashes of what it was called and what it was called with: one in common makes two calls the same. */
  readonly marks: readonly string[];
};

export type KnownItem = KnownText | KnownTool;

/** How much of a text's beginning is kept to find it by. */
export const headCharacters = 24;

/** What a log knows of an agent's words, in their order. */
export type KnownItems = {
  readonly items: readonly KnownItem[];
  /** Whether the log's beginning is not among them, because there was too much of it. */
  readonly isCut: boolean;
  /** Of what stands until it is told otherwise (`title`, `commands`): the hash of what was told last. */
  readonly standing: Readonly<Record<string, string>>;
};
