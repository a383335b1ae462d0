/**
 * Finds in a replay the tool calls that the log has: by the agent's ids where it keeps them, and otherwise by what they
 * were called and called with, in order. Every known call is found once.
 */
import type { KnownTool } from '../../protocol/facts/known-item.ts';

export type PlacedTool = { readonly tool: KnownTool; readonly place: number };

export const createReplayTools = (known: readonly PlacedTool[]) => {
  const isFound = new Uint8Array(known.length);
  const byId = new Map<string, number[]>();
  const byMark = new Map<string, number[]>();
  for (const [index, { tool }] of known.entries()) {
    push(byId, idOf(tool.id), index);
    for (const mark of tool.marks) push(byMark, mark, index);
  }
  let next = 0;

  const take = (index: number): number => {
    isFound[index] = 1;
    next = index + 1;
    return known[index]?.place ?? 0;
  };

  const firstUnfound = (indexes: readonly number[] = []): number | undefined =>
    indexes.find((index) => isFound[index] !== 1);

  return {
    /**
     * The place of the call of this id; `repeated` when all of that id were found before and this is one of them once
     * more, null when it is none of them.
     */
    findById: (id: string, marks: readonly string[]): number | 'repeated' | null => {
      const indexes = byId.get(idOf(id)) ?? [];
      const index = firstUnfound(indexes);
      if (index !== undefined) return take(index);
      const isOneOf = (at: number): boolean => marks.some((mark) => known[at]?.tool.marks.includes(mark));
      return indexes.length > 0 && (marks.length === 0 || indexes.some(isOneOf)) ? 'repeated' : null;
    },
    hasId: (id: string): boolean => byId.has(idOf(id)),

    /** The place of a call that has one of these marks, or of the next one when neither has any; null for none. */
    findByMarks: (marks: readonly string[]): number | null => {
      const following = known[next];
      if (following !== undefined && isFound[next] !== 1) {
        const isAlike =
          marks.length === 0
            ? following.tool.marks.length === 0
            : marks.some((mark) => following.tool.marks.includes(mark));
        if (isAlike) return take(next);
      }
      for (const mark of marks) {
        const index = firstUnfound(byMark.get(mark));
        if (index !== undefined) return take(index);
      }
      return null;
    },
  };
};

/** The agent's own id: one that it used again is numbered in the log (`t (2)`), and told again it may have its first. */
const idOf = (id: string): string => id.replace(/ \(\d+\)$/u, '');

const push = (lists: Map<string, number[]>, key: string, index: number): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [index]);
  else list.push(index);
};
