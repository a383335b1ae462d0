/**
 * The agents of an agent, as a tree: each has a conversation of its own, which its parent's announces. They are called
 * by the names on their way from the root ("Explore › Search"); a name stays as it was first, so that it is one for all
 * that its agent says and does.
 */
import { fieldsOf, textIn } from './lenient.ts';

const maxSubagents = 200;
const maxDepth = 8;

export type Subagents = ReturnType<typeof createSubagents>;

export const createSubagents = () => {
  const names = new Map<string, { readonly name: string; readonly depth: number }>();
  const taken = new Set<string>();

  const nameFor = (title: string, parent: string | undefined): string => {
    const path = parent === undefined ? title : `${parent} › ${title}`;
    let name = path;
    for (let number = 2; taken.has(name); number += 1) name = `${path} ${number}`;
    taken.add(name);
    return name;
  };

  return {
    /** Takes in a `subagent_update` that stood in the conversation `parentId`; gives its agent's name, or null. */
    announce: (parentId: string, update: unknown): string | null => {
      const { sessionId, title } = fieldsOf(update);
      const id = textIn(sessionId, 500);
      if (id === undefined) return null;
      const known = names.get(id);
      if (known !== undefined) return known.name;
      const parent = names.get(parentId);
      const depth = (parent?.depth ?? 0) + 1;
      if (names.size >= maxSubagents || depth > maxDepth) return null;
      const name = nameFor(textIn(title, 100) ?? 'subagent', parent?.name);
      names.set(id, { name, depth });
      return name;
    },

    /** The name of the agent whose conversation this is; null when it was not announced. */
    nameOf: (sessionId: string): string | null => names.get(sessionId)?.name ?? null,
  };
};
