/** The queue of each session's prompts: what a person does to it, and how its first is sent. */
import { v7 as uuid } from 'uuid';
import { firstDue } from '../../actors/model/queue/prompt-queue.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../actors/protocol/facts/events.ts';
import {
  type QueueId,
  type SessionId,
  type Timestamp,
  toQueueId,
  toTimestamp,
} from '../../actors/protocol/facts/ids.ts';
import { maxLater, maxQueued, type QueuedPrompt, type QueueHold } from '../../actors/protocol/gateway/queue-routes.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { MadePrompt } from '../prompts/made-prompt.ts';
import { partsOfPrompt } from '../prompts/parts-of-prompt.ts';
import type { Runs } from '../sessions/runs.ts';
import type { Readers } from '../threads/readers.ts';
import { createOneAtATime } from '../turns/one-at-a-time.ts';
import type { QueueCommands, QueueQueries } from '../work/offered/queue-commands.ts';
import type { Waits } from './sends-when-free.ts';

export type PromptQueueOptions = {
  readonly readers: Pick<Readers, 'handle' | 'promptQueue'>;
  /** Appends to a session's ledger; resolves when it is durable. */
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly runs: Pick<Runs, 'prompt' | 'promptMade'>;
  readonly isLive: (id: SessionId) => boolean;
  /** Called when a prompt of this session waits. */
  readonly onQueued: (id: SessionId) => void;
};

const now = (): Timestamp => toTimestamp(Date.now());

export const createPromptQueue = (options: PromptQueueOptions) => {
  const { readers, record, runs } = options;
  const inTurn = createOneAtATime();

  /** What is decided on a queue stands in the log before the next thing is decided on it. */
  const decide = (id: SessionId, next: (queue: readonly QueuedPrompt[]) => readonly LedgerFact[]): Promise<void> =>
    inTurn(id, async () => {
      for (const each of next(await readers.promptQueue(id))) await record(id, each);
    });

  /** Begins a run with one that waits, if `choose` finds one; in turn, so that none is changed or withdrawn meanwhile. */
  const send = (
    id: SessionId,
    choose: (queue: readonly QueuedPrompt[], session: SessionHandle) => QueuedPrompt | null,
  ) =>
    inTurn(id, () =>
      runs.promptMade(id, async (session) => {
        const chosen = choose(await readers.promptQueue(id), session);
        return chosen && promptOf(chosen);
      }),
    );

  /** Whether another prompt waits that is about to be sent; one that is held lets others pass. */
  const isBehind = async (id: SessionId): Promise<boolean> => {
    const session = await readers.handle(id);
    if (session.state.work.queuedPrompts === 0) return false;
    const first = firstDue(await readers.promptQueue(id), now());
    return first !== undefined && holdOf(first, session, options.isLive(id)) === null;
  };

  const commands: QueueCommands = {
    queuePrompt: async (id, { prompt, parts = [], evenAfterFailure, place: wanted, at }) => {
      try {
        if (wanted === undefined && at === undefined && !(await isBehind(id))) {
          return { queued: false, ...(await runs.prompt(id, prompt, parts)) };
        }
      } catch (thrown) {
        if (!(thrown instanceof ThroughlineError) || thrown.code !== 'session.busy') throw thrown;
      }
      requireText(prompt);
      const kept = partsOfPrompt(parts);
      const queueId = toQueueId(uuid());
      // Who gives a time to a session that has ended knows how it ended.
      const inAnyCase = evenAfterFailure || (at !== undefined && (await readers.handle(id)).activeRun === null);
      let place = 0;
      await decide(id, (queue) => {
        if (queue.length >= maxQueued) {
          throw new ThroughlineError('request.too_large', `${maxQueued} prompts wait in this session already`, {
            hint: 'wait, or withdraw some of them',
          });
        }
        if (at !== undefined && queue.filter((each) => each.at !== null).length >= maxLater) {
          throw new ThroughlineError(
            'request.too_large',
            `${maxLater} prompts wait for a time in this session already`,
            {
              hint: 'wait, or withdraw some of them',
            },
          );
        }
        const last = queue.length + 1;
        place = Math.min(wanted ?? last, last);
        const more = {
          ...(kept.length === 0 ? {} : { parts: kept }),
          ...(inAnyCase ? { evenAfterFailure: inAnyCase } : {}),
          ...(at === undefined ? {} : { at }),
        };
        const queued = fact('prompt_queued', { queueId, text: prompt, ...more }, now());
        return place === last ? [queued] : [queued, fact('queued_prompt_moved', { queueId, place }, now())];
      });
      options.onQueued(id);
      return { queued: true, id, queueId, place };
    },

    changeQueued: (id, queueId, { prompt, place }) => {
      if (prompt !== undefined) requireText(prompt);
      return decide(id, (queue) => {
        const waiting = waitingIn(queue, queueId);
        const next: LedgerFact[] = [];
        if (prompt !== undefined && prompt !== waiting.text) {
          next.push(fact('queued_prompt_changed', { queueId, text: prompt }, now()));
        }
        if (place !== undefined && queue[place - 1] !== waiting) {
          next.push(fact('queued_prompt_moved', { queueId, place }, now()));
        }
        return next;
      });
    },

    withdrawQueued: (id, queueId) =>
      decide(id, (queue) => {
        waitingIn(queue, queueId);
        return [fact('queued_prompt_withdrawn', { queueId }, now())];
      }),

    sendQueued: async (id, queueId) => {
      const started = await send(id, (queue) => waitingIn(queue, queueId));
      if (started === null) throw notWaiting();
      return started;
    },
  };

  const queries: QueueQueries = {
    queue: async (id) => {
      const [prompts, session] = await Promise.all([readers.promptQueue(id), readers.handle(id)]);
      const first = firstDue(prompts, now()) ?? prompts[0];
      if (first === undefined) return { prompts: [], holds: null };
      const holds = holdOf(first, session, options.isLive(id));
      return { prompts: [...prompts], holds: holds ?? (isDue(first) ? null : 'schedule') };
    },
  };

  const waits: Waits = {
    isThere: ({ queuedPrompts }) => queuedPrompts > 0,
    timesOf: ({ later }) => Object.values(later).map(({ at }) => at),
    send: async (id) => {
      const first = (queue: readonly QueuedPrompt[], session: SessionHandle): QueuedPrompt | null => {
        const next = firstDue(queue, now());
        return next !== undefined && holdOf(next, session, false) === null ? next : null;
      };
      return (await send(id, first)) !== null;
    },
  };

  return { commands, queries, waits };
};

const isDue = ({ at }: QueuedPrompt): boolean => at === null || at <= now();

/** Why a prompt that is the first of its queue is not sent; null: nothing keeps it. */
const holdOf = (
  { evenAfterFailure }: QueuedPrompt,
  { activeRun, state }: Pick<SessionHandle, 'activeRun' | 'state'>,
  isLive: boolean,
): QueueHold | null => {
  if (activeRun !== null) return isLive ? 'run' : 'restored';
  if (evenAfterFailure) return null;
  return state.status === 'failed' || state.status === 'interrupted' ? state.status : null;
};

const promptOf = ({ queueId, text, parts }: QueuedPrompt): MadePrompt => ({
  text,
  of: { queued: queueId, ...(parts.length === 0 ? {} : { parts: [...parts] }) },
});

const notWaiting = (): ThroughlineError =>
  new ThroughlineError('queue.not_found', 'this prompt does not wait: it was sent, or withdrawn', {
    hint: 'see what waits: `throughline queue`',
  });

const waitingIn = (queue: readonly QueuedPrompt[], queueId: QueueId): QueuedPrompt => {
  const waiting = queue.find((each) => each.queueId === queueId);
  if (waiting === undefined) throw notWaiting();
  return waiting;
};

const requireText = (text: string): void => {
  if (text.trim() !== '') return;
  throw new ThroughlineError('session.prompt_required', 'a prompt cannot be empty', { hint: 'say what to do next' });
};
