/** The conversations that an agent keeps itself: listed page by page, and deleted. */
import * as z from 'zod';
import { fieldsOf, readEach, textIn } from './lenient.ts';

/** So many are read of them, at most: the newest, as agents list them. */
const maxConversations = 500;
const maxPages = 100;

const listed = z.looseObject({ sessionId: z.string().min(1).max(1_000) });

export type KeptConversation = {
  /** The agent's id of it. */
  readonly id: string;
  readonly title: string | null;
  /** Where it was had. */
  readonly folder: string | null;
  /** When something happened in it last, as the agent writes it. */
  readonly updatedAt: string | null;
};

type Request = (method: string, params: object) => Promise<unknown>;

/** Those of one folder, or all. `isCut` when there are more than are given. Raises what `request` raises. */
export const listConversations = async (
  request: Request,
  folder: string | null,
): Promise<{ readonly conversations: readonly KeptConversation[]; readonly isCut: boolean }> => {
  const found = new Map<string, KeptConversation>();
  let cursor: string | null = null;
  for (let page = 0; page < maxPages; page += 1) {
    const before = found.size;
    const answer = fieldsOf(
      await request('session/list', {
        ...(folder === null ? {} : { cwd: folder }),
        ...(cursor === null ? {} : { cursor }),
      }),
    );
    const { values } = readEach(listed, answer.sessions, maxConversations);
    for (const { sessionId: id, title, cwd, updatedAt } of values) {
      if (found.size >= maxConversations) return { conversations: [...found.values()], isCut: true };
      found.set(id, {
        id,
        title: textIn(title, 300) ?? null,
        folder: textIn(cwd, 4_096) ?? null,
        updatedAt: textIn(updatedAt, 100) ?? null,
      });
    }
    // Opaque, and only handed back. A page that brings nothing new is the last: there may be no end to them.
    cursor = typeof answer.nextCursor === 'string' ? answer.nextCursor : null;
    if (cursor === null || found.size === before) return { conversations: [...found.values()], isCut: false };
  }
  return { conversations: [...found.values()], isCut: true };
};

/** Raises what `request` raises. */
export const deleteConversation = async (request: Request, id: string): Promise<void> => {
  await request('session/delete', { sessionId: id });
};
