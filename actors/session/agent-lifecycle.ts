/**
 * A session's agent from the asking for its process to its end: started for a run, its conversation opened, used again
 * for the next run, ended. There is one process at a time: the next is started when the one before is gone.
 */

import { type AgentConnection, createAgentConnection } from '../agents/acp/agent-connection.ts';
import { createHearing, type Hearing } from '../agents/acp/hearing.ts';
import type { Standing } from '../agents/acp/standing.ts';
import type { Transcript } from '../agents/acp/transcript.ts';
import { readUsage } from '../agents/acp/usage.ts';
import type { RequestId } from '../agents/acp/wire/json-rpc.ts';
import type { AlsoSaid, KnownAgent } from '../agents/known/known-agent.ts';
import { knownAgent, loginsWithoutPerson } from '../agents/known/known-agents.ts';
import { type Failure, runFailed, runInterrupted, turnEnded, turnPaused } from '../model/run/decide.ts';
import { jsonOf, storedText, storedValue } from '../model/run/stored-text.ts';
import { createDeferred, type Deferred } from '../protocol/facts/deferred.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { fact, type OptionValue } from '../protocol/facts/events.ts';
import { ledgerOrdinal, type Timestamp } from '../protocol/facts/ids.ts';
import type { KnownItems } from '../protocol/facts/known-item.ts';
import type { AgentEnd, FromSession, SessionTask } from '../protocol/threads/session-messages.ts';
import { createAgentOptions } from './agent-options.ts';
import { agentEndFailure, failureOf, silenceText, startFailure } from './failures.ts';
import { createFlood } from './flood.ts';
import type { HostRequests } from './host-requests.ts';
import { createPatience, type Patience } from './patience.ts';
import { floodPause, turnRefused } from './refusals.ts';
import type { Run, Timers } from './run-in-progress.ts';
import { createTurnSigns, type TurnSigns } from './turn-signs.ts';

/** How long an agent that was told to end as it was silent may take to do so, until the run fails without its stderr. */
const lastWordsMs = 5_000;

export type AgentLifecycleOptions = {
  readonly task: Omit<SessionTask, 'port'>;
  readonly send: (message: FromSession) => void;
  readonly clock: () => Timestamp;
  readonly timers: Timers;
  readonly programVersion: string;
  readonly host: HostRequests;
  /** What agents said last of what stands beyond a run. */
  readonly standing: Standing;
  /** The run under way, or the last: what the agent says belongs to it. */
  readonly run: () => Run | null;
  /** Looks after work that goes on by itself, should it raise anything. */
  readonly follow: (work: Promise<unknown>) => void;
  /** Whether somebody knows what to do with a notification that is no update. */
  readonly onNotification: (method: string, params: unknown) => boolean;
  readonly onRequest: (connection: AgentConnection, id: RequestId, method: string, params: unknown) => void;
  /** The agent takes a request of its own back. */
  readonly onCancelled: (id: RequestId) => void;
};

type Process = { readonly pid: number; readonly startedAt: string };

type Agent = {
  readonly connection: AgentConnection;
  readonly hearing: Hearing;
  readonly signs: TurnSigns;
  readonly started: Deferred<Process>;
  readonly gone: Deferred<void>;
  /** The run it works for, or worked for last: its end is the end of that one and of no other. */
  run: Run;
  /** Null until the process has been started. */
  process: Process | null;
  /** Whether its conversation is open. */
  isOpen: boolean;
  /** Whether it was told to end. */
  isEnding: boolean;
  /** What it did not do in time, for which it was told to end. */
  overdue: string | null;
  /**
   * Whether a run took it over from the one before and has not heard of it since: it may be dead already, and the news
   * of it on its way.
   */
  isTakenOnTrust: boolean;
  /** What it is to be told, once that is durable: spoken when the conversation is open. */
  prompt: Words | null;
  /** What its new conversation has to be told of the one before it, until it was told. */
  recap: string | null;
  /** Called when it was told the first prompt of its conversation, which is when that is worth taking up again. */
  learn: (() => void) | null;
  /** What was told of its warnings. */
  readonly warnings: Set<string>;
  /** The turn that is being spoken, or the last. */
  turn: Promise<void>;
  isSpeaking: boolean;
};

/** What an agent is told: the run's prompt, or how it goes on with that. */
type Words = { readonly text: string; readonly isPrompt: boolean };

export const createAgentLifecycle = (options: AgentLifecycleOptions) => {
  const { task, send, clock, timers } = options;
  /** With which agents that are being started are waited for. */
  const patiences = new Set<Patience>();
  let agent: Agent | null = null;
  let agentSessionId = task.agentSessionId;
  let { takesUp } = task;
  let known: KnownAgent | null = knownAgent({ name: null, command: task.agentCommand });
  let stopped = false;
  const transcript = () => options.run()?.transcript ?? null;
  const agentOptions = createAgentOptions({
    task,
    transcript,
    recordInLedger: (fact) => send({ kind: 'ledger', fact }),
    clock,
  });

  /** Gets an agent ready for a run, which is then running, or has failed. */
  const prepare = async (run: Run): Promise<void> => {
    // An interrupt was quicker.
    if (run.status() !== 'starting') return;
    await withinDeadline(run, async () => {
      if (agent?.isEnding) await agent.gone.promise;
      if (run.status() !== 'starting' || stopped) return;
      if (agent?.isOpen && agent.process !== null) {
        agent.run = run;
        agent.isTakenOnTrust = true;
        agent.prompt = null;
        noteProcess(run, agent.process);
      } else await start(run);
      if (run.status() === 'starting') run.record(fact('status', { status: 'running' }, clock()));
    });
  };

  /** The run had taken over an agent that was dead already: its prompt, if it is durable by now, goes to another. */
  const startAnother = (run: Run, prompt: Words | null): Promise<void> =>
    withinDeadline(run, () => startAndSpeak(run, prompt));

  const startAndSpeak = async (run: Run, prompt: Words | null): Promise<void> => {
    const another = await start(run, prompt);
    if (another.prompt !== null) speak(another, another.prompt);
  };

  /** Does what gets an agent started; when that fails, or the agent is silent for too long, the run has failed. */
  const withinDeadline = async (run: Run, work: () => Promise<void>): Promise<void> => {
    const patience = createPatience(timers, task.limits.startDeadlineMs, () => giveUp(run));
    patiences.add(patience);
    try {
      await work();
    } catch (thrown) {
      // An agent that ended by itself was reported with its exit; this is the rest.
      if (isAgentGone(thrown)) return;
      run.recordAll(runFailed(run.ahead(), failureOf(thrown, task), clock()));
      end();
    } finally {
      patience.end();
      patiences.delete(patience);
    }
  };

  const onHeard = (): void => {
    for (const patience of patiences) patience.heard();
  };

  /** The agent was silent for too long: it is ended, and with what it said on stderr the run has failed. */
  const giveUp = (run: Run): void => {
    // One that still has to end, of the run before, is not the one that is waited for.
    const connection = agent?.run === run ? agent.connection : null;
    const why = silenceText(task.limits.startDeadlineMs, connection?.waitsFor() ?? null, connection?.unread() ?? []);
    const fail = (): void => run.recordAll(runFailed(run.ahead(), startFailure(task, why, ''), clock()));
    if (agent?.run !== run || agent.process === null) fail();
    else {
      agent.overdue = why;
      const waiting = timers.setTimeout(fail, lastWordsMs);
      options.follow(agent.gone.promise.then(() => timers.clearTimeout(waiting)));
    }
    end();
  };

  // Every run says which process worked on it, be it a new one or the last run's.
  const noteProcess = (run: Run, process: Process): void =>
    run.transcript.note('agent_started', { ...process, command: task.agentCommand.slice(0, 500) });

  const start = async (run: Run, prompt: Words | null = null): Promise<Agent> => {
    const starting = createAgent(run, prompt);
    agent = starting;
    send({ kind: 'start_agent' });
    starting.process = await starting.started.promise;
    // Before anything else of it, so that a crash from here on leaves its pid in the log.
    noteProcess(run, starting.process);
    if (starting.isEnding) throw agentGone('the agent was told to end before it had begun');
    const told = agentSessionId === null ? null : await knownItems();
    const identity = await starting.connection.initialize(options.programVersion);
    const { name, version } = identity.agentInfo ?? { name: null, version: null };
    known = knownAgent({ name, command: task.agentCommand });
    const opening = await starting.connection.open({
      folder: task.workingFolder,
      worktree: task.folder,
      agentSessionId,
      mcpServers: task.mcpServers,
      additionalDirectories: task.additionalDirectories,
      mustTakeUp: takesUp && !task.forks,
      forks: takesUp && task.forks,
      neverLoads: known?.neverLoads ?? null,
      login: {
        withoutPerson: loginsWithoutPerson(known, task.loginVariables),
        onAuthenticated: (method) => run.transcript.note('authenticated', { method: method.slice(0, 200) }),
      },
      onReplay: (phase) => {
        if (phase === 'begins') starting.hearing.replayBegins(told);
        else if (phase === 'ends') starting.hearing.replayEnds();
        else starting.hearing.replayRefused();
      },
    });
    takesUp = false;
    // What a new conversation has to be told of another one, and why.
    const untold =
      opening.lost ?? (opening.how === 'begun' && task.retells === true ? 'it is another session’s' : null);
    if (opening.agentSessionId !== agentSessionId) {
      const learn = (): void => {
        agentSessionId = opening.agentSessionId;
        send({ kind: 'ledger', fact: fact('agent_session_learnt', { agentSessionId }, clock()) });
      };
      // One that is begun anew is empty until it was told what went before: only then is it taken up again.
      if (untold === null) learn();
      else starting.learn = learn;
    }
    starting.signs.recognise({ name, command: task.agentCommand });
    await agentOptions.opened(opening.said, known, starting.connection.set);
    run.transcript.say('conversation', {
      how: opening.how,
      agent: name,
      version: version ?? null,
      mode: agentOptions.mode(),
      protocol: identity.protocolVersion,
      asks: agentOptions.asks(),
    });
    for (const text of opening.leftOut) run.transcript.say('notice', { text, level: 'warning' });
    if (untold !== null) starting.recap = await recap(run, untold);
    starting.isOpen = true;
    return starting;
  };

  const createAgent = (run: Run, prompt: Words | null): Agent => {
    agentOptions.begins();
    const hearing = createHearing({
      transcript,
      clock,
      maxStoredTextBytes: task.limits.maxStoredTextBytes,
      conversation: () => agentSessionId,
      onUpdate: (update, heardBy) => {
        const also = known?.saysInUpdate?.(update) ?? [];
        signs.alsoSaid(also);
        sayAlso(heardBy, also);
      },
      onOffer: agentOptions.heard,
    });
    const signs = createTurnSigns();
    const flood = createFlood();
    const onUpdate = (update: { readonly sessionUpdate: string }, sessionId: string): void => {
      const told = signs.update(update);
      if (told !== null) {
        transcript()?.say('retry', told.retry);
        if (flood.retried(clock())) holdFlood(told.retry.message);
      }
      if (told?.isAll !== true) hearing.update(update, sessionId);
    };
    const connection: AgentConnection = createAgentConnection(
      (text) => send({ kind: 'agent_input', text }),
      {
        onUpdate,
        onRequest: (id, method, params) => options.onRequest(connection, id, method, params),
        onLine: (name, text, bytes) => transcript()?.line(name, text, bytes),
        onNotification: (method, params) => {
          if (options.onNotification(method, params)) return;
          transcript()?.note('unknown_notification', { method: method.slice(0, 200), params: shorten(params) });
        },
        onCancelled: options.onCancelled,
        subagentOf: hearing.subagentOf,
        onOdd: (method, parts) => transcript()?.note('odd_answer', { method, parts: shorten(parts.slice(0, 20)) }),
        onHeard,
        onRefused: ({ code, message, data }) =>
          transcript()?.note('agent_refused', {
            code,
            message: message.slice(0, 500),
            ...(data === undefined ? {} : { data: storedValue(data, maxRefusalBytes) }),
          }),
      },
      task.protocol,
    );
    return {
      connection,
      hearing,
      signs,
      started: settled(),
      gone: settled(),
      run,
      process: null,
      isOpen: false,
      isEnding: false,
      overdue: null,
      isTakenOnTrust: false,
      prompt,
      recap: null,
      learn: null,
      warnings: new Set(),
      turn: Promise.resolve(),
      isSpeaking: false,
    };
  };

  /** What a new conversation is told of the lost one, once that is in the log. */
  const recap = async (run: Run, reason: string): Promise<string | null> => {
    const { maxRecapBytes, maxStoredTextBytes } = task.limits;
    if (maxRecapBytes === 0) return null;
    // A run that goes on is part of what was lost.
    const exceptRun = run.turnBegan() ? ledgerOrdinal : run.begun.ordinal;
    const reply = await options.host.ask({ kind: 'recap', maxBytes: maxRecapBytes, exceptRun });
    if (reply.kind !== 'recap' || reply.text === null) return null;
    const { text } = reply;
    const told = fact('recap', { text: storedText(text, maxStoredTextBytes), reason }, clock());
    await new Promise<void>((resolve) => run.recordAll([told], resolve));
    return text;
  };

  const knownItems = async (): Promise<KnownItems | null> => {
    const reply = await options.host.ask({ kind: 'known_items' });
    if (reply.kind !== 'known_items') return null;
    options.standing.recall(reply.standing);
    return reply;
  };

  const speak = (speaking: Agent, words: Words): void => {
    speaking.hearing.turnBegins();
    speaking.signs.turnBegins();
    speaking.run.beginTurn();
    send({ kind: 'turn_begins' });
    speaking.isSpeaking = true;
    speaking.turn = turnOf(speaking, speaking.run, words).finally(() => {
      speaking.isSpeaking = false;
    });
    options.follow(speaking.turn);
  };

  const turnOf = async (speaking: Agent, run: Run, { text, isPrompt }: Words): Promise<void> => {
    const texts = [speaking.recap, isPrompt ? run.told() : null, text].filter((each) => each !== null);
    const told = { texts, parts: isPrompt ? run.parts() : [] };
    speaking.recap = null;
    speaking.learn?.();
    speaking.learn = null;
    try {
      const answer = await speaking.connection.prompt(told);
      const { usage, odd } = readUsage(answer.usage);
      if (usage !== null) run.transcript.say('usage', { ...usage, of: 'turn' });
      if (odd.length > 0) run.transcript.note('odd_usage', { usage: shorten(answer.usage) });
      sayAlso(run.transcript, known?.saysInAnswer?.(answer) ?? []);
      const failure = speaking.signs.turnEnds(answer);
      if (failure === null) run.recordAll(turnEnded(run.ahead(), answer.stopReason, clock()));
      else refuse(speaking, run, failure, answer.stopReason);
    } catch (thrown) {
      if (!isAgentGone(thrown)) refuse(speaking, run, failureOf(thrown, task), null);
    }
  };

  /** It floods its model: the run waits for a while, and its turn is cancelled. */
  const holdFlood = (message: string): void => {
    const run = options.run();
    if (run === null || run.status() !== 'running' || task.limits.pauses === undefined) return;
    run.recordAll(turnPaused(run.ahead(), floodPause(run.ahead(), message, clock()), clock()));
  };

  const refuse = (speaking: Agent, run: Run, failure: Failure, stopReason: string | null): void => {
    const refused = { failure, stopReason, said: speaking.signs.saidOfLimits(), known };
    run.recordAll(turnRefused(run, refused, task, clock(), Math.random()));
  };

  const end = (): void => {
    if (agent === null || agent.isEnding) return;
    agent.isEnding = true;
    agent.connection.giveUp();
    send({ kind: 'end_agent' });
  };

  const terminate = (run: Run): void => {
    if (agent?.run === run) {
      end();
      // With its process gone the run ends by itself; without one nobody else would end it.
      if (agent.process !== null) return;
    }
    run.recordAll(runInterrupted(run.ahead(), null, clock()));
  };

  return {
    prepare,
    terminate,

    /** The prompt is durable: the agent gets it. */
    sendPrompt: (prompt: string): void => {
      if (agent === null) return;
      const words = { text: prompt, isPrompt: true };
      agent.prompt = words;
      if (agent.isOpen) speak(agent, words);
    },

    /** The run is paused: the turn that is being spoken is cancelled, and an agent that does not heed that is ended. */
    hold: (): void => {
      const held = agent;
      if (held === null || !held.isSpeaking || held.isEnding) return;
      held.connection.cancel();
      const deadline = timers.setTimeout(() => {
        if (agent === held) end();
      }, task.limits.interruptDeadlineMs);
      options.follow(held.turn.then(() => timers.clearTimeout(deadline)));
    },

    /** The run goes on: its agent, or another in its place, is told this, or (null) its prompt again. */
    goOn: (run: Run, prompt: string, text: string | null): Promise<void> =>
      withinDeadline(run, async () => {
        await agent?.turn;
        if (agent?.isEnding) await agent.gone.promise;
        if (run.status() !== 'running' || stopped) return;
        const words = text === null ? { text: prompt, isPrompt: true } : { text, isPrompt: false };
        if (agent?.isOpen && agent.process !== null) {
          agent.run = run;
          agent.isTakenOnTrust = true;
          agent.prompt = words;
          speak(agent, words);
        } else await startAndSpeak(run, words);
      }),

    /** Asks the agent to cancel its turn; one that has not begun its turn is ended. */
    cancelTurn: (run: Run): void => {
      if (run.turnBegan() && agent?.run === run && agent.isOpen) agent.connection.cancel();
      else terminate(run);
    },

    /** Its conversation is closed before its process is ended; resolves when it has answered, at once if it is not asked. */
    closeConversation: async (): Promise<void> => {
      if (agent?.isOpen && !agent.isEnding) await agent.connection.closeConversation();
    },

    /** Which of the tried agents it is, as far as it has said. */
    known: () => known,

    /** A person has chosen a value of one of its options. Raises what `createAgentOptions` says. */
    choose: (called: string, value: OptionValue): Promise<void> =>
      agentOptions.choose(called, value, agent?.isOpen && !agent.isEnding ? agent.connection.set : null),

    started: (process: Process): void => {
      onHeard();
      agent?.started.resolve(process);
    },

    output: (bytes: Uint8Array): void => {
      if (agent === null) return;
      agent.isTakenOnTrust = false;
      agent.connection.receive(bytes);
    },

    /** It said this on stderr: a person hears of what is known to matter, once a process. */
    warned: (text: string): void => {
      const warnings = knownAgent({ name: null, command: task.agentCommand })?.warnings ?? [];
      for (const { when, notice } of warnings) {
        if (agent === null || agent.warnings.has(notice) || !when.test(text)) continue;
        agent.warnings.add(notice);
        options.run()?.transcript.say('notice', { text: notice, level: 'warning' });
      }
    },

    ended: (how: AgentEnd): void => {
      if (agent === null) return;
      const { connection, gone, isTakenOnTrust, overdue, prompt, run, started, turn } = agent;
      agent = null;
      const failure = agentEndFailure(task, how, run.turnBegan(), overdue);
      const error = agentGone(failure.message);
      started.reject(error);
      // First what it said last, be it the end of its turn, then that it is gone.
      connection.close(error);
      if (isTakenOnTrust && run.status() === 'running' && !stopped) {
        gone.resolve();
        options.follow(startAnother(run, prompt));
        return;
      }
      options.follow(
        turn.then(() => {
          run.recordAll(runFailed(run.ahead(), failure, clock()));
          gone.resolve();
        }),
      );
    },

    end,

    /** Whoever is waited for is at work. */
    heard: onHeard,

    /** The actor ends: nothing is waited for any more. Whoever started the process ends it. */
    stop: (): void => {
      stopped = true;
      for (const patience of patiences) patience.end();
      patiences.clear();
    },
  };
};

/** As much of what an agent says of its refusal is kept. */
const maxRefusalBytes = 16_384;

const settled = <Value>(): Deferred<Value> => {
  const deferred = createDeferred<Value>();
  // Whoever waits hears of it; if nobody does, it is no one's failure.
  deferred.promise.catch(() => {});
  return deferred;
};

const agentGone = (message: string): ThroughlineError => new ThroughlineError('agent.exited', message);

const isAgentGone = (thrown: unknown): boolean => thrown instanceof ThroughlineError && thrown.code === 'agent.exited';

const sayAlso = (transcript: Transcript, facts: readonly AlsoSaid[]): void => {
  for (const also of facts) {
    if (also.type === 'limit') transcript.sayIfChanged(also.type, also.payload);
    else transcript.say(also.type, also.payload);
  }
};

const shorten = (value: unknown): string => (jsonOf(value) ?? '').slice(0, 2_048);
