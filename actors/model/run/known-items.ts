/**
 * The items of a log by which a replay of its conversation is told from news. Facts are taken in the log's order; what
 * is kept of them is small and bounded, however long the runs were.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Fact } from '../../protocol/facts/events.ts';
import { headCharacters, type KnownItem } from '../../protocol/facts/known-item.ts';
import { marksIn, saidIn, shortHash } from './item-marks.ts';

/** About 5 MB of them at the most. */
const maxItems = 40_000;

type OpenText = {
  readonly kind: 'message' | 'thinking';
  readonly id: string | null;
  head: string;
  characters: number;
  readonly hash: Hash;
};

type OpenTool = { readonly kind: 'tool'; readonly id: string; readonly marks: string[]; hasEnded: boolean };

export const createKnownItems = (limit = maxItems) => {
  let items: (KnownItem | OpenTool)[] = [];
  let isCut = false;
  let text: OpenText | null = null;
  /** The calls of the run that is being read: an agent may use an id again in the next. */
  let tools = new Map<string, OpenTool>();

  const push = (item: KnownItem | OpenTool): void => {
    items.push(item);
    if (items.length < 2 * limit) return;
    items = items.slice(-limit);
    isCut = true;
  };

  const closeText = (): void => {
    if (text === null) return;
    const { kind, id, head, characters, hash } = text;
    push({ kind, id, head, characters, hash: shortHash(hash) });
    text = null;
  };

  const takeText = (fact: Extract<Fact, { readonly type: 'message' | 'thinking' }>): void => {
    const said = saidIn(fact);
    if (said === '') return;
    const id = fact.payload.messageId ?? null;
    if (text !== null && (text.kind !== fact.type || text.id !== id)) closeText();
    text ??= { kind: fact.type, id, head: '', characters: 0, hash: createHash('sha256') };
    if (text.head.length < headCharacters) text.head = `${text.head}${said}`.slice(0, headCharacters);
    text.characters += said.length;
    text.hash.update(said, 'utf16le');
  };

  const takeTool = (
    fact: Extract<Fact, { readonly type: 'tool_call' | 'tool_result' | 'approval_requested' }>,
  ): void => {
    const { toolCallId } = fact.payload;
    const marks = marksIn(fact);
    const known = tools.get(toolCallId);
    // An id that is used for another call after its result is another item.
    const isAnother =
      known?.hasEnded === true && fact.type === 'tool_call' && marks.some((mark) => !known.marks.includes(mark));
    let tool = isAnother ? undefined : known;
    if (tool === undefined) {
      closeText();
      tool = { kind: 'tool', id: toolCallId, marks: [], hasEnded: false };
      tools.set(toolCallId, tool);
      push(tool);
    }
    for (const mark of marks) if (!tool.marks.includes(mark) && tool.marks.length < 8) tool.marks.push(mark);
    if (fact.type === 'tool_result') tool.hasEnded = true;
  };

  return {
    /** Takes in the next fact of the log. */
    take: (fact: Fact): void => {
      switch (fact.type) {
        case 'message':
        case 'thinking':
          takeText(fact);
          return;
        case 'tool_call':
        case 'tool_result':
        case 'approval_requested':
          takeTool(fact);
          return;
        case 'prompt':
          closeText();
          tools = new Map();
          return;
        default:
          return;
      }
    },

    /** What is known of all that was taken in. */
    known: (): { readonly items: readonly KnownItem[]; readonly isCut: boolean } => {
      closeText();
      return {
        items: items
          .slice(-limit)
          .map((item) => (item.kind === 'tool' ? { kind: item.kind, id: item.id, marks: item.marks } : item)),
        isCut: isCut || items.length > limit,
      };
    },
  };
};
