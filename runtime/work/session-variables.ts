import type { SessionId } from '../../actors/protocol/facts/ids.ts';

/** What commands of the repository, and the agent, find in their environment of the session they work for. */
export const sessionVariables = (session: {
  readonly id: SessionId;
  readonly name: string;
  /** The first port of its range. */
  readonly port: number;
}): Readonly<Record<string, string>> => ({
  THROUGHLINE_SESSION: session.id,
  // A name is a person's, and a variable ends at a NUL.
  THROUGHLINE_NAME: session.name.replaceAll('\0', ''),
  THROUGHLINE_PORT: String(session.port),
});
