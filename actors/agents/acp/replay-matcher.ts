/**
 * Tells news from what a replay repeats. It is given the items of the log and then the replay as facts, in their order,
 * and gives the facts that the log does not have.
 *
 * What was not found in the log is news when the agent keeps its ids (it was found by some) and this one was never
 * heard, or when it comes after everything that the log has. In the middle of a replay without such ids it is not: the
 * agent tells there in other words what we have.
 */
import { marksIn, saidIn } from '../../model/run/item-marks.ts';
import { jsonOf } from '../../model/run/stored-text.ts';
import type { RunFact } from '../../protocol/facts/events.ts';
import type { KnownItems } from '../../protocol/facts/known-item.ts';
import { createReplayTexts, type PlacedText } from './replay-texts.ts';
import { createReplayTools, type PlacedTool } from './replay-tools.ts';

type Spoken = Extract<RunFact, { readonly type: 'message' | 'thinking' }>;
type OfTool = Extract<RunFact, { readonly type: 'tool_call' | 'tool_result' }>;

/** Something that was not found. */
type Unfound = {
  readonly fact: RunFact;
  /** Whether it has an id of its own, which the log does not have. */
  readonly hasOwnId: boolean;
  readonly toolCallId: string | null;
  readonly order: number;
};

/** A call as the replay tells it. */
type Told = { isKnown: boolean; hasEnded: boolean; readonly marks: Set<string> };

const maxStretchCharacters = 1024 * 1024;
const maxUnfound = 20_000;
const maxUnfoundCharacters = 16 * 1024 * 1024;

export const createReplayMatcher = ({ items, isCut }: Pick<KnownItems, 'items' | 'isCut'>) => {
  const placed = (kind: 'message' | 'thinking'): readonly PlacedText[] =>
    items.flatMap((item, place) => (item.kind === kind ? [{ text: item, place }] : []));
  const texts = {
    message: createReplayTexts(placed('message')),
    thinking: createReplayTexts(placed('thinking')),
  } as const;
  const tools = createReplayTools(
    items.flatMap((item, place): PlacedTool[] => (item.kind === 'tool' ? [{ tool: item, place }] : [])),
  );
  // Thoughts are often not told again, so the log's end is its last word or deed.
  const lastWord = items.findLastIndex(({ kind }) => kind !== 'thinking');
  const isAllNew = items.length === 0 && !isCut;

  let stretch: { readonly kind: 'message' | 'thinking'; readonly facts: Spoken[]; characters: number } | null = null;
  let unfound: Unfound[] = [];
  let unfoundCharacters = 0;
  let left = 0;
  let order = 0;
  let firstFound: number | null = null;
  let lastFound = 0;
  let furthest = -1;
  const keepsIds = { text: false, tool: false };
  const told = new Map<string, Told>();

  const found = (places: readonly number[]): void => {
    firstFound ??= order;
    lastFound = order;
    for (const place of places) furthest = Math.max(furthest, place);
  };

  const keep = (fact: RunFact, given: { hasOwnId: boolean; toolCallId?: string }): void => {
    const characters = jsonOf(fact.payload)?.length ?? 0;
    if (unfound.length >= maxUnfound || unfoundCharacters + characters > maxUnfoundCharacters) {
      left += 1;
      return;
    }
    unfoundCharacters += characters;
    unfound.push({ fact, hasOwnId: given.hasOwnId, toolCallId: given.toolCallId ?? null, order });
  };

  const closeStretch = (): void => {
    if (stretch === null) return;
    const { kind, facts } = stretch;
    stretch = null;
    const matcher = texts[kind];
    const pieces = facts.map((fact) => ({ id: fact.payload.messageId ?? null, said: saidIn(fact) }));
    const { places, byId, unknown } = matcher.find(pieces);
    const keepUnknown = (isLast: boolean): void => {
      order += 1;
      for (const { piece, from } of unknown.filter((each) => each.isLast === isLast)) {
        const fact = facts[piece];
        if (fact === undefined) continue;
        const id = fact.payload.messageId;
        const hasOwnId = id !== undefined && !matcher.hasId(id);
        keep(from === 0 ? fact : textFrom(fact, from), { hasOwnId });
      }
    };
    keepUnknown(false);
    order += 1;
    if (byId) keepsIds.text = true;
    if (byId || places.length > 0) found(places);
    keepUnknown(true);
  };

  const takeText = (fact: Spoken): void => {
    const said = saidIn(fact);
    if (said === '') return;
    if (stretch !== null && !continues(stretch, fact)) closeStretch();
    stretch ??= { kind: fact.type, facts: [], characters: 0 };
    stretch.facts.push(fact);
    stretch.characters += said.length;
    if (stretch.characters > maxStretchCharacters) closeStretch();
  };

  /** Pieces belong together as long as none of them is known by its id, or all by the same. */
  const continues = (open: NonNullable<typeof stretch>, fact: Spoken): boolean => {
    if (open.kind !== fact.type) return false;
    const first = open.facts[0]?.payload.messageId;
    const id = fact.payload.messageId;
    const isKnown = (given: string | undefined): boolean => given !== undefined && texts[fact.type].hasId(given);
    return isKnown(first) || isKnown(id) ? first === id : true;
  };

  const takeTool = (fact: OfTool): void => {
    const { toolCallId } = fact.payload;
    const marks = marksIn(fact);
    const before = told.get(toolCallId);
    const isAnother =
      before?.hasEnded === true && fact.type === 'tool_call' && marks.some((mark) => !before.marks.has(mark));
    let call = isAnother ? undefined : before;
    if (call === undefined) {
      closeStretch();
      order += 1;
      call = { isKnown: false, hasEnded: false, marks: new Set() };
      told.set(toolCallId, call);
      const place = tools.findById(toolCallId, marks);
      if (place !== null) {
        keepsIds.tool = true;
        call.isKnown = true;
        found(place === 'repeated' ? [] : [place]);
      }
    }
    const isFirstMention = call.marks.size === 0 && !call.hasEnded;
    for (const mark of marks) call.marks.add(mark);
    if (fact.type === 'tool_result') call.hasEnded = true;
    if (call.isKnown) return;
    const place = marks.length > 0 || isFirstMention ? tools.findByMarks(marks) : null;
    if (place === null) {
      keep(fact, { hasOwnId: !tools.hasId(toolCallId), toolCallId });
      return;
    }
    call.isKnown = true;
    found([place]);
    unfound = unfound.filter((each) => each.toolCallId !== toolCallId);
  };

  const isNews = ({ fact, hasOwnId, order: at }: Unfound): boolean => {
    if (isAllNew) return true;
    if (firstFound === null ? isCut || lastWord !== -1 : isCut && at < firstFound) return false;
    // Ids of calls come from the model; those of messages an adapter may make anew for every replay.
    const isText = fact.type === 'message' || fact.type === 'thinking';
    const keeps = keepsIds.text || (keepsIds.tool && !isText);
    const end = fact.type === 'thinking' ? items.length - 1 : lastWord;
    return (keeps && hasOwnId) || (furthest >= end && at > lastFound);
  };

  return {
    /** Takes in the next fact of the replay. */
    take: (fact: RunFact): void => {
      switch (fact.type) {
        case 'message':
        case 'thinking':
          takeText(fact);
          return;
        case 'tool_call':
        case 'tool_result':
          takeTool(fact);
          return;
        default:
          // What the person said ends what the agent said before it.
          if (fact.type === 'note') closeStretch();
          if (isAllNew) keep(fact, { hasOwnId: false });
          return;
      }
    },

    /** What of all that was taken in since this was asked last is news, and how much was neither found nor is that. */
    news: (): { readonly news: readonly RunFact[]; readonly unmatched: number } => {
      closeStretch();
      const news = unfound.filter(isNews).map(({ fact }) => fact);
      const unmatched = unfound.length - news.length + left;
      unfound = [];
      unfoundCharacters = 0;
      left = 0;
      return { news, unmatched };
    },
  };
};

/** A text from its nth character on that is no white space. */
const textFrom = (fact: Spoken, characters: number): Spoken => {
  let at = 0;
  for (let passed = 0; at < fact.payload.text.length && passed < characters; at += 1) {
    if (!/\s/u.test(fact.payload.text.charAt(at))) passed += 1;
  }
  return { ...fact, payload: { ...fact.payload, text: fact.payload.text.slice(at) } };
};
