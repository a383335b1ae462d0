import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { findRuntime } from '../../client/find-runtime.ts';
import { createInlineAnswers, isAskedInline } from '../connect/inline-answers.ts';
import { resolveSession, withQueries } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { answerLines } from '../render/answer-lines.ts';
import { createTimeline } from '../render/timeline.ts';

export type HistoryOptions = {
  readonly run?: number;
  readonly type?: readonly string[];
  readonly follow?: boolean;
  readonly times?: boolean;
  /** Only what happened from this moment on, in milliseconds. */
  readonly since?: number;
  /** Only so many of the last that are stored. */
  readonly tail?: number;
};

type Place = { readonly run: number; readonly seq: number };

const pageSize = 500;
const lastSeqOfRun = Number.MAX_SAFE_INTEGER;

/** `history`: a session's events, ordered by run and seq, a page at a time however long it is. */
export const history = async (invocation: Invocation, given: string, options: HistoryOptions): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  const { id, shortId, row } = await resolveSession(invocation, given);
  const timeline = createTimeline({
    colours: terminal.colours,
    folder: row.worktree.path ?? row.repository,
    separators: true,
    times: options.times === true,
    answers: (asked) => {
      if (!options.follow) return null;
      if (isAskedInline(invocation, asked)) return [];
      return answerLines(asked, { session: shortId, approval: asked.approvalId }, invocation);
    },
  });
  const types = options.type === undefined ? null : new Set(options.type);
  const isWanted = (event: HistoryEvent): boolean =>
    (options.run === undefined || event.run === options.run) &&
    (options.since === undefined || event.occurredAt >= options.since) &&
    (types === null || types.has(event.type));
  const write = (event: HistoryEvent): Promise<void> =>
    json ? terminal.writeJson(event) : terminal.write(timeline.show(event));
  const shown = new Map<number, number>();
  const showOnce = async (event: HistoryEvent): Promise<void> => {
    // Between the stored part and the live one, an event may be met twice.
    if (event.seq <= (shown.get(event.run) ?? 0)) return;
    shown.set(event.run, event.seq);
    if (isWanted(event)) await write(event);
  };
  const { tail = Number.POSITIVE_INFINITY } = options;
  const last: HistoryEvent[] = [];
  const keepLast = async (event: HistoryEvent): Promise<void> => {
    if (!isWanted(event)) return;
    last.push(event);
    if (last.length > tail) last.shift();
  };
  // What is committed while the pages are read comes after this position, so following from it misses nothing.
  const { head, hasEnded } = await showStored(invocation, id, options.run, Number.isFinite(tail) ? keepLast : showOnce);
  for (const event of last) await showOnce(event);
  if (options.follow && !hasEnded) await follow(invocation, id, head, showOnce);
  if (!json) await terminal.write(timeline.end());
  return exitCodes.done;
};

/** Shows what is stored; gives the position up to which nothing can be missing, and whether nothing more will come by itself. */
const showStored = async (
  invocation: Invocation,
  id: SessionId,
  run: number | undefined,
  onEvent: (event: HistoryEvent) => Promise<void>,
): Promise<{ readonly head: number; readonly hasEnded: boolean }> =>
  withQueries(invocation, async (queries) => {
    const head = queries.dashboard().version;
    let after: Place | null = run === undefined || run === 0 ? null : { run: run - 1, seq: lastSeqOfRun };
    do {
      const page = queries.history(id, after, pageSize);
      for (const event of page.events) await onEvent(event);
      const isPast = run !== undefined && page.events.some((event) => event.run > run);
      after = isPast ? null : page.next;
    } while (after !== null);
    const { status, queued, waitingFor } = queries.session(id);
    const sendsNext = status === 'Completed' && queued > 0 && waitingFor !== 'schedule';
    const goesOn = status === 'Starting' || status === 'Running' || sendsNext;
    return { head, hasEnded: !goesOn };
  });

const follow = async (
  invocation: Invocation,
  id: SessionId,
  after: number,
  onEvent: (event: HistoryEvent) => Promise<void>,
): Promise<void> => {
  const { directory, suggest } = invocation;
  const client = await findRuntime(directory);
  if (client === null) {
    throw new ThroughlineError('runtime.unreachable', 'no runtime runs, so nothing new will come', {
      hint: `start one with ${suggest('serve', '--background')}`,
    });
  }
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once('SIGINT', end);
  const answering = createInlineAnswers(invocation, { client, id });
  try {
    // What was asked before and waits still; whatever comes or is answered from here on is in the tail.
    answering.waiting((await client.call('session', { parameters: { id } })).approvals);
    for await (const message of client.tail({ session: id, from: after, signal: ending.signal })) {
      if (message.kind !== 'event') continue;
      await onEvent(message.event);
      answering.shown(message.event);
    }
  } finally {
    await answering.end();
    process.removeListener('SIGINT', end);
  }
};
