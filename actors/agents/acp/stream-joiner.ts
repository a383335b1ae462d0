/**
 * Joins a stream of small pieces into events (coalescing): at most one in 50 ms for each stream, and one at every
 * change of kind or message. Without this, a row per token fills the disk.
 */
export type Stream = { readonly kind: 'message' | 'thinking'; readonly messageId: string | null };

const joinForMs = 50;
const maxJoinedCharacters = 16_384;

export type StreamJoinerOptions = {
  readonly emit: (stream: Stream, text: string) => void;
  readonly setTimer: (callback: () => void, afterMs: number) => () => void;
};

export const createStreamJoiner = ({ emit, setTimer }: StreamJoinerOptions) => {
  let open: { readonly stream: Stream; pieces: string[]; characters: number } | null = null;
  let cancelTimer: (() => void) | null = null;

  const flush = (): void => {
    cancelTimer?.();
    cancelTimer = null;
    if (open === null) return;
    const { stream, pieces } = open;
    open = null;
    emit(stream, pieces.join(''));
  };

  return {
    /** Takes a piece; one of another stream ends the one before. */
    push: (stream: Stream, text: string): void => {
      if (text === '') return;
      if (open !== null && (open.stream.kind !== stream.kind || open.stream.messageId !== stream.messageId)) flush();
      open ??= { stream, pieces: [], characters: 0 };
      cancelTimer ??= setTimer(flush, joinForMs);
      open.pieces.push(text);
      open.characters += text.length;
      if (open.characters >= maxJoinedCharacters) flush();
    },
    flush,
  };
};
