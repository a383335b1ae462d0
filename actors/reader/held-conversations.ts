import * as z from 'zod';
import { writtenSessionId } from '../protocol/facts/id-schemas.ts';
import type { SessionId } from '../protocol/facts/ids.ts';
import type { Database } from '../store/file/sqlite.ts';
import { isShown } from '../store/rows.ts';

/** A conversation of an agent that is a session's. */
export type HeldConversation = {
  readonly session: SessionId;
  readonly name: string;
  readonly agent: string;
  /** The agent's id of it. */
  readonly conversation: string;
};

const rows = z.array(
  z.object({ session: writtenSessionId, name: z.string(), agent: z.string(), conversation: z.string() }),
);

/** Which conversations of agents are sessions here. */
export const readHeldConversations = (database: Database): readonly HeldConversation[] =>
  rows.parse(
    database
      .prepare(
        `SELECT session_id AS session, name, agent, agent_session_id AS conversation FROM sessions
          WHERE agent_session_id IS NOT NULL AND ${isShown}`,
      )
      .all(),
  );
