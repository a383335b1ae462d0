/**
 * Joins a stream of small pieces into events (coalescing): at most one in 50 ms for each stream, and one at every
 * change of kind or message. Without this, a row per token fills the disk. An agent and its agents may speak at the same
 * time: the change of one ends no event of another.
 */
export type Stream = {
  /** `user` is what an agent says as the person, `session` what agents say to one another. */
  readonly kind: 'message' | 'thinking' | 'user' | 'session';
  readonly messageId: string | null;
  /** The agent of the agent that speaks. */
  readonly subagent?: string | undefined;
};

const joinForMs = 50;
const maxJoinedCharacters = 16_384;
/** How many may speak at the same time before they are taken in turn. */
const maxOpen = 16;

export type StreamJoinerOptions = {
  readonly emit: (stream: Stream, text: string) => void;
  readonly setTimer: (callback: () => void, afterMs: number) => () => void;
};

type Open = { readonly stream: Stream; readonly pieces: string[]; characters: number };

export const createStreamJoiner = ({ emit, setTimer }: StreamJoinerOptions) => {
  /** What is held back of each speaker, in the order in which it began. */
  const held = new Map<string, Open>();
  let cancelTimer: (() => void) | null = null;

  const end = (speaker: string): void => {
    const open = held.get(speaker);
    held.delete(speaker);
    if (open !== undefined) emit(open.stream, open.pieces.join(''));
    if (held.size > 0) return;
    cancelTimer?.();
    cancelTimer = null;
  };

  const flush = (): void => {
    for (const speaker of [...held.keys()]) end(speaker);
  };

  return {
    /** Takes a piece; one of another stream ends the one before, if it is of the same speaker. */
    push: (stream: Stream, text: string): void => {
      if (text === '') return;
      const speaker = stream.subagent ?? '';
      const before = held.get(speaker)?.stream;
      if (before !== undefined && (before.kind !== stream.kind || before.messageId !== stream.messageId)) end(speaker);
      if (held.size >= maxOpen && !held.has(speaker)) flush();
      const open = held.get(speaker) ?? { stream, pieces: [], characters: 0 };
      held.set(speaker, open);
      cancelTimer ??= setTimer(flush, joinForMs);
      open.pieces.push(text);
      open.characters += text.length;
      if (open.characters >= maxJoinedCharacters) end(speaker);
    },
    flush,
  };
};
