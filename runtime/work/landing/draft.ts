/** The message that a session's work is committed with, where a person gives none, and the lines at its end. */
import * as z from 'zod';
import { draftMessage } from '../../../actors/model/work/draft-message.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { FindOptions, HistoryPage, HistoryPlace } from '../../../actors/protocol/gateway/history-pages.ts';
import type { SessionHandle } from '../../../actors/reader/session-queries.ts';

export type DraftReaders = {
  readonly history: (id: SessionId, after: HistoryPlace | null, limit: number) => Promise<HistoryPage>;
  readonly find: (id: SessionId, options: FindOptions) => Promise<HistoryPlace | null>;
};

const maxPrompts = 20;
const prompt = z.looseObject({ text: z.string() });
const plan = z.looseObject({ entries: z.array(z.looseObject({ content: z.string(), status: z.string() })) });

/** Drafts it of the prompts, the plan and the files. Raises `session.not_found`. */
export const draftOf = async (
  readers: DraftReaders,
  { id, state }: SessionHandle,
  files: readonly string[],
): Promise<string> => {
  const prompts: string[] = [];
  for (let run = 1; run <= Math.min(state.runCount, maxPrompts); run += 1) {
    const told = prompt.safeParse(await eventAfter(readers, id, { run, seq: 0 }, 'prompt'));
    if (told.success) prompts.push(told.data.text);
  }
  const place = await readers.find(id, { types: ['plan'], from: null, direction: 'previous' });
  const told =
    place === null ? null : plan.safeParse(await eventAfter(readers, id, { ...place, seq: place.seq - 1 }, 'plan'));
  const done = told?.success ? told.data.entries.filter(({ status }) => status === 'completed') : [];
  return draftMessage({ name: state.name, prompts, done: done.map(({ content }) => content), files });
};

const eventAfter = async (
  readers: DraftReaders,
  id: SessionId,
  place: HistoryPlace,
  type: string,
): Promise<unknown> => {
  const { events } = await readers.history(id, place, 1);
  return events.find((event) => event.type === type)?.payload ?? null;
};

/** By this a commit is led back to its session, wherever it is rebased or squashed to. */
export const sessionTrailer = (id: SessionId): string => `Throughline-Session: ${id}`;

/** Names the agent, for those who want it named. */
export const agentTrailer = ({ state }: Pick<SessionHandle, 'state'>): string => {
  const agent = state.agent.replace(/\s+/g, ' ').slice(0, 200);
  return `Assisted-by: ${agent} (${state.runCount} ${state.runCount === 1 ? 'run' : 'runs'})`;
};

export const trailersOf = (session: SessionHandle, nameAgent: boolean): readonly string[] => [
  sessionTrailer(session.id),
  ...(nameAgent ? [agentTrailer(session)] : []),
];
