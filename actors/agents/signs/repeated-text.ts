/**
 * Text that a retry tells again. When the stream of its model breaks, an agent asks once more and says all that it had
 * said since its last tool call from the beginning: under another id (codex), under the same (claude), without any
 * (gemini). It is marked, never dropped: nothing but a person can say that the second telling is the same.
 */
import type { Payload, RunFact } from '../../protocol/facts/events.ts';

/** One stream of text (messages, or thoughts) since the last thing that was no text. */
type Stream = {
  /** What was said in it, the repetitions left out. */
  readonly said: string;
  readonly messageId: string | null;
  /** How much of that was told again until now; null while nothing is. */
  readonly toldAgain: number | null;
  /** Whether a retry was told since its last piece. */
  readonly mayBegin: boolean;
};

export type Told = { readonly message: Stream; readonly thinking: Stream };

const nothingSaid: Stream = { said: '', messageId: null, toldAgain: null, mayBegin: false };

/** What was told in a run that has just begun. */
export const nothingTold: Told = { message: nothingSaid, thinking: nothingSaid };

/** A stretch that is longer is not compared any further. */
const maxSaidCharacters = 65_536;
/** Where nothing tells of a retry, less than this at a beginning may be chance: "The file…". */
const certainCharacters = 24;
/** After these an agent asks its model anew by itself: what it says then is no repetition of what was before. */
const ends: ReadonlySet<RunFact['type']> = new Set([
  'prompt',
  'tool_call',
  'tool_result',
  'approval_requested',
  'approval_resolved',
  'compaction',
]);

/**
 * The fact, its text marked or cut in two where only its beginning was said before, and what is told with it. The texts
 * of the facts, one after the other, are the text of the fact.
 */
export const markRepeated = (
  told: Told,
  next: RunFact,
): { readonly told: Told; readonly facts: readonly RunFact[] } => {
  if (ends.has(next.type)) return { told: nothingTold, facts: [next] };
  if (next.type === 'retry') {
    const again = (stream: Stream): Stream => ({ ...stream, mayBegin: true });
    return { told: { message: again(told.message), thinking: again(told.thinking) }, facts: [next] };
  }
  if (next.type !== 'message' && next.type !== 'thinking') return { told, facts: [next] };
  const { payload } = next;
  if (payload.text === '' || payload.recovered === true) return { told, facts: [next] };
  const { stream, repeated } = follow(told[next.type], payload);
  const pieces = [
    { ...payload, text: payload.text.slice(0, repeated), repeated: true as const },
    { ...payload, text: payload.text.slice(repeated) },
  ].filter(({ text }) => text !== '');
  return { told: { ...told, [next.type]: stream }, facts: pieces.map((piece) => ({ ...next, payload: piece })) };
};

/** How many characters of a text's beginning its stream tells again, and the stream after it. */
const follow = (stream: Stream, { text, messageId: id }: Payload<'message'>): { stream: Stream; repeated: number } => {
  const messageId = id ?? null;
  const { said, toldAgain, mayBegin } = stream;
  const begins = mayBegin || isOther(messageId, stream.messageId) || text.length >= certainCharacters;
  const again = begins ? [{ from: 0, least: mayBegin ? 1 : certainCharacters }] : [];
  const on = toldAgain === null || mayBegin ? [] : [{ from: toldAgain, least: 1 }];
  const matches = [...on, ...again].flatMap(({ from, least }) => {
    const shared = sharedLength(said, from, text);
    const isSame = shared === text.length || from + shared === said.length;
    return isSame && shared >= least ? [{ from, shared }] : [];
  });
  const [match] = matches;
  // What is said otherwise than before takes its place: a third telling is compared with the last.
  const kept =
    match !== undefined
      ? said.slice(0, match.from + match.shared)
      : mayBegin
        ? ''
        : said.slice(0, toldAgain ?? said.length);
  const told = match?.shared ?? 0;
  const isAllTold = match !== undefined && told === text.length;
  return {
    repeated: told,
    stream: {
      said: isAllTold || said.length > maxSaidCharacters ? said : kept + text.slice(told),
      messageId: messageId ?? stream.messageId,
      toldAgain: isAllTold && match.from + told < said.length ? match.from + told : null,
      mayBegin: false,
    },
  };
};

const isOther = (id: string | null, before: string | null): boolean => id !== null && before !== null && id !== before;

/** How many characters a text shares with what was said from there on; never half of a character. */
const sharedLength = (said: string, from: number, text: string): number => {
  const most = Math.min(said.length - from, text.length);
  if (said.startsWith(text.slice(0, most), from)) return wholeCharacters(text, most);
  let length = 0;
  while (length < most && said.charCodeAt(from + length) === text.charCodeAt(length)) length += 1;
  return wholeCharacters(text, length);
};

const wholeCharacters = (text: string, length: number): number =>
  length < text.length && /[\uD800-\uDBFF]/u.test(text[length - 1] ?? '') ? length - 1 : length;
