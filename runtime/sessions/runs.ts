/** The runs of sessions: begun with a prompt, gone on with after a crash, interrupted, and closed where nobody else can. */
import { v7 as uuid } from 'uuid';
import { toldOfTree } from '../../actors/model/work/told-of-tree.ts';
import type { ContentPart } from '../../actors/protocol/facts/content-part.ts';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { encodeFact, fact, type Payload, type RunFact } from '../../actors/protocol/facts/events.ts';
import { type RunKey, type SessionId, type Timestamp, toRunId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import { isInFlight } from '../../actors/protocol/facts/status.ts';
import type { PromptPart } from '../../actors/protocol/gateway/prompt-part.ts';
import type { RunToBegin } from '../../actors/protocol/threads/session-messages.ts';
import type { BegunRun } from '../../actors/protocol/threads/writer-messages.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { Log } from '../data/log.ts';
import type { MadePrompt, PromptIsOf } from '../prompts/made-prompt.ts';
import { partsOfPrompt } from '../prompts/parts-of-prompt.ts';
import type { RuntimeCommands, Started } from '../surface.ts';
import type { Readers } from '../threads/readers.ts';
import type { WriterSupervisor } from '../threads/writer-supervisor.ts';
import type { Lifecycles } from './lifecycles.ts';
import type { SessionHosts } from './session-hosts.ts';

/** What a recovered session is told when nobody says anything else. */
export const continuationPrompt =
  'You were interrupted before you had finished, and your last steps may be incomplete. ' +
  'Look at the state of the files, then continue where you left off.';

type PromptOrigin = 'prompt' | 'resume' | 'continuation';

export type RunsOptions = {
  readonly readers: Pick<Readers, 'handle' | 'work' | 'runFacts'>;
  readonly writer: Pick<WriterSupervisor, 'command'>;
  readonly hosts: Pick<SessionHosts, 'get' | 'isLive' | 'open'>;
  readonly lifecycle: Lifecycles['begin'];
  /** Raises `agent.…` for an agent that cannot be started. */
  readonly requireAgent: (agent: string) => void;
  /** Called before a further run is in the log. */
  readonly onStart: (id: SessionId) => void;
  /** Called when its folder is there, before its agent can be told anything. */
  readonly onFolder: (id: SessionId, ordinal: number) => Promise<void>;
  /** Called when a run was closed that nobody worked on. */
  readonly onClosed: (id: SessionId) => void;
  readonly log: Log;
};

export type Runs = Pick<RuntimeCommands, 'prompt' | 'resume' | 'interrupt'> & {
  /** Has the agent begin a run that is in the log with these facts. Raises what keeps it from that: the log says so. */
  readonly launch: (
    id: SessionId,
    answer: { readonly kind: string; readonly run?: BegunRun },
    facts: readonly RunFact[],
  ) => Promise<Started>;
  /** A prompt that is made when nothing else can come in between; null where none is, after all. */
  readonly promptMade: (
    id: SessionId,
    make: (session: SessionHandle) => Promise<MadePrompt | null>,
  ) => Promise<Started | null>;
  /** Goes on with a run that was paused when an earlier runtime ended: with the next one; null if it was not. */
  readonly resumePaused: (id: SessionId) => Promise<Started | null>;
  /** Raises `session.busy` while a run is under way. */
  readonly refuseLive: (session: SessionHandle) => void;
  /** Closes a run that could not go on, with the reason. */
  readonly fail: (runKey: RunKey, error: ThroughlineError) => Promise<void>;
};

const now = (): Timestamp => toTimestamp(Date.now());

export const createRuns = (options: RunsOptions): Runs => {
  const { readers, writer, hosts, lifecycle, log } = options;

  const settle = async (runKey: RunKey, facts: readonly RunFact[]): Promise<void> => {
    if (facts.length > 0) await writer.command({ kind: 'settle_run', runKey, events: facts.map(encodeFact) });
  };

  const fail: Runs['fail'] = async (runKey, error) => {
    const { failed } = await closing();
    await settle(runKey, failed(await readers.runFacts(runKey), error, now()));
  };

  const launch: Runs['launch'] = async (id, answer, facts) => {
    const { runId, runKey, ordinal, lastSeq } = begunOf(answer);
    try {
      const host = await hosts.open(id, () => options.onFolder(id, ordinal));
      host.beginRun({ runId, runKey, ordinal, lastSeq, facts } satisfies RunToBegin);
    } catch (thrown) {
      // The run is in the log already, so how it ended has to be as well.
      await fail(runKey, asThroughlineError(thrown)).catch((error) =>
        log.error('the end of a run that could not begin was not recorded', { session: id, error }),
      );
      throw thrown;
    }
    return { id, runId, run: ordinal };
  };

  /** The facts that close a run which an earlier epoch left open; none when there is no such run. */
  const closingFacts = async ({ activeRun, state }: SessionHandle): Promise<readonly RunFact[]> => {
    if (activeRun === null) return [];
    const { abandoned } = await closing();
    return abandoned(await readers.runFacts(activeRun.runKey), state.lastActivityAt);
  };

  const beginNext = async (
    session: SessionHandle,
    text: string,
    origin: PromptOrigin,
    parts: readonly PromptPart[] = [],
    of: PromptIsOf = {},
  ): Promise<Started> => {
    options.onStart(session.id);
    // Refused before there is a run that could only fail.
    options.requireAgent(session.state.agent);
    const told = toldOfTree(await readers.work(session.id));
    const facts = promptFacts(text, origin, partsOfPrompt(parts), { ...of, ...(told === null ? {} : { told }) });
    const answer = await writer.command({
      kind: 'begin_run',
      sessionId: session.id,
      runId: toRunId(uuid()),
      events: facts.map(encodeFact),
      closeOpenRun: (await closingFacts(session)).map(encodeFact),
    });
    return launch(session.id, answer, facts);
  };

  // Live for its host and in the log: who reads there that a run has ended may begin the next, though the news of it is
  // still on its way to the host.
  const refuseLive: Runs['refuseLive'] = ({ id, activeRun }) => {
    if (activeRun === null || !hosts.isLive(id)) return;
    throw new ThroughlineError('session.busy', 'a run of this session is under way', {
      hint: 'wait for it, or interrupt it first',
    });
  };

  return {
    launch,
    refuseLive,
    fail,

    prompt: (id, text, parts) =>
      lifecycle(id, 'prompt', async () => {
        const session = await readers.handle(id);
        refuseLive(session);
        requireText(text);
        return beginNext(session, text, 'prompt', parts);
      }),

    promptMade: (id, make) =>
      lifecycle(id, 'prompt', async () => {
        const session = await readers.handle(id);
        refuseLive(session);
        const made = await make(session);
        return made && beginNext(session, made.text, 'prompt', [], made.of);
      }),

    resume: (id, text, parts) =>
      lifecycle(id, 'resume', async () => {
        const session = await readers.handle(id);
        refuseLive(session);
        const isRecovery = isInFlight(session.state.status);
        if (text !== undefined && text.trim() !== '') return beginNext(session, text, 'resume', parts);
        if (!isRecovery) {
          throw new ThroughlineError(
            'session.prompt_required',
            'this session has ended, so it needs a prompt to go on',
            {
              hint: 'say what to do next; only a session that was in flight when Throughline ended resumes without one',
            },
          );
        }
        return beginNext(session, continuationPrompt, 'continuation', parts);
      }),

    resumePaused: (id) =>
      lifecycle(id, 'resume', async () => {
        const session = await readers.handle(id);
        const { pause } = session.state.work;
        if (pause === null || session.activeRun === null) return null;
        refuseLive(session);
        if (pause.again === 'continue') return beginNext(session, continuationPrompt, 'continuation');
        const facts = await readers.runFacts(session.activeRun.runKey);
        for (const told of facts) {
          if (told.type !== 'prompt') continue;
          const { text, parts = [] } = told.payload;
          return beginNext(session, text, 'continuation', [], parts.length === 0 ? {} : { parts });
        }
        return null;
      }),

    interrupt: (id) =>
      lifecycle(id, 'interrupt', async () => {
        const host = hosts.get(id);
        if (host !== undefined && hosts.isLive(id)) return host.interrupt();
        // Nobody works on it any more: what is left to do is to say so in the log.
        const { activeRun, state } = await readers.handle(id);
        const { interrupted } = await closing();
        const told = activeRun === null ? null : await readers.runFacts(activeRun.runKey);
        const facts = interrupted(told, now(), state.lastActivityAt);
        if (activeRun !== null) await settle(activeRun.runKey, facts);
        options.onClosed(id);
      }),
  };
};

const closing = () => import('./close-run.ts');

/** The facts that a run begins with. */
export const promptFacts = (
  text: string,
  origin: PromptOrigin,
  parts: readonly ContentPart[],
  of: PromptIsOf & Pick<Payload<'prompt'>, 'told'> = {},
): readonly RunFact[] => [
  fact('prompt', { text, origin, ...(parts.length === 0 ? {} : { parts: [...parts] }), ...of }, now()),
];

const begunOf = (answer: { readonly kind: string; readonly run?: BegunRun }): BegunRun => {
  if (answer.run !== undefined) return answer.run;
  throw new ThroughlineError('internal', `the writer answered ${answer.kind} to the beginning of a run`);
};

const requireText = (text: string): void => {
  if (text.trim() !== '') return;
  throw new ThroughlineError('session.prompt_required', 'a prompt cannot be empty', { hint: 'say what to do next' });
};
