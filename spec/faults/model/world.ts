/**
 * The real outbox, mailbox, commit and log over a real database in memory, with everything between them simulated: ports
 * are queues, and whatever was scheduled is a step that somebody may take, now or later. A writer or a sender can die at
 * any step, the disk can refuse, messages can be lost with the one who died.
 */
import { encodeFact, fact } from '../../../actors/protocol/facts/events.ts';
import type { EpochKey, RunId, RunKey, Seq, SessionId, Timestamp } from '../../../actors/protocol/facts/ids.ts';
import type { WriterCommand, WriterReply, WriterRequest } from '../../../actors/protocol/threads/writer-messages.ts';
import { createOutbox, type Outbox, type RunOutbox } from '../../../actors/session/outbox.ts';
import { Sqlite } from '../../../actors/store/file/sqlite.ts';
import { createCommit } from '../../../actors/writer/commit.ts';
import { openEpoch } from '../../../actors/writer/epoch.ts';
import { createLog } from '../../../actors/writer/log.ts';
import { createMailbox, type Sender } from '../../../actors/writer/mailbox.ts';
import { createRestartBudget, defaultRestarts } from '../../../runtime/threads/restart-budget.ts';
import { created, prompt, status } from '../../support/log-world.ts';
import { Crash, type Trap, trapped } from './trapped-store.ts';
import { type Variant, variantCommit, variantLog } from './variants.ts';

export type ModelOptions = {
  /** The bytes of a database with a schema and nothing in it. */
  readonly empty: Buffer;
  readonly senders: number;
  readonly eventsPerSender: number;
  readonly crashes: number;
  readonly diskFaults: number;
  /** How many sessions somebody may remove in the midst of it. */
  readonly removals?: number;
  readonly variant?: Variant;
};

/** Something that can happen next. */
export type Step = { readonly name: string; readonly take: () => void };

type SimulatedSender = {
  readonly name: string;
  readonly outbox: Outbox;
  readonly run: RunOutbox;
  readonly runKey: RunKey;
  /** Payloads in the order in which they were recorded, and how many of them were acknowledged. */
  readonly recorded: string[];
  acknowledged: number;
  refused: string | null;
  alive: boolean;
  removed: boolean;
};

type Channel = { readonly toWriter: WriterRequest[]; readonly fromWriter: WriterReply[]; readonly sender: Sender };

export type Model = ReturnType<typeof createModel>;

export const createModel = (options: ModelOptions) => {
  const { variant } = options;
  const database = new Sqlite(options.empty);
  let now = 1_000;
  const clock = (): Timestamp => {
    now += 1;
    return now as Timestamp;
  };
  const budget = createRestartBudget({ ...defaultRestarts, now: () => now });
  const { epochKey } = openEpoch(database, {
    startPosition: createLog(database, 0 as EpochKey, clock).position(),
    startedAt: clock(),
    programVersion: 'model',
    pid: 1,
  });

  let crashesLeft = options.crashes;
  let diskFaultsLeft = options.diskFaults;
  let removalsLeft = options.removals ?? 0;
  let gaveUp = false;
  let published = 0;
  let trap: Trap | null = null;
  const unexpected: unknown[] = [];
  /** Steps of writers that died, which only a wrong one still takes. */
  const ghosts: Step[] = [];

  // ── the writer ──────────────────────────────────────────────────────────────────────────────────────────────────
  const startWriter = () => {
    const store = trapped(database, () => trap);
    const log = variantLog(createLog(store, epochKey, clock), variant);
    const real = createCommit(store, log, epochKey);
    const steps: { drain: (() => void) | null; retry: (() => void) | null } = { drain: null, retry: null };
    const mailbox = createMailbox({
      commit: (requests) => variantCommit(real, requests, { database, log, variant }),
      onCommitted: ({ position }) => {
        published = position;
      },
      onPaused: () => {},
      onDamaged: () => {},
      onResumed: () => {},
      schedule: (callback) => {
        steps.drain = callback;
      },
      scheduleRetry: (callback) => {
        steps.retry = callback;
      },
    });
    return { mailbox, steps, real, held: [] as WriterRequest[] };
  };
  let writer: ReturnType<typeof startWriter> | null = startWriter();

  // ── ports ───────────────────────────────────────────────────────────────────────────────────────────────────────
  const openChannel = (): Channel => {
    const fromWriter: WriterReply[] = [];
    return { toWriter: [], fromWriter, sender: { reply: (reply) => fromWriter.push(reply) } };
  };
  let channels = new Map<string, Channel>();
  /** Replies that were on their way when the writer died. */
  let late: { readonly name: string; readonly reply: WriterReply }[] = [];

  // ── commands of the runtime, kept until they are answered, as the supervisor keeps them ────────────────────────────
  const waiting = new Map<number, WriterCommand>();
  const answers = new Map<number, Extract<WriterReply, { kind: 'answer' }>['answer']>();
  let nextRequest = 1;
  const command = (make: (requestId: number) => WriterCommand): number => {
    const requestId = nextRequest;
    nextRequest += 1;
    const sent = make(requestId);
    waiting.set(requestId, sent);
    channels.get('runtime')?.toWriter.push(sent);
    return requestId;
  };

  const flushes = new Map<string, () => void>();
  const senders: SimulatedSender[] = [];
  const connectAll = (): void => {
    channels = new Map();
    for (const sender of senders) {
      if (!sender.alive) continue;
      const channel = openChannel();
      channels.set(sender.name, channel);
      sender.outbox.connect({ postMessage: (request) => channel.toWriter.push(request) });
    }
    const channel = openChannel();
    channels.set('runtime', channel);
    for (const sent of waiting.values()) channel.toWriter.push(sent);
  };

  // Every sender has a session with one run, begun before anything goes wrong.
  const begin = createCommit(database, createLog(database, epochKey, clock), epochKey);
  for (let index = 0; index < options.senders; index += 1) {
    const name = `sender ${index + 1}`;
    const [reply] = begin([
      {
        kind: 'open_session',
        requestId: 0,
        sessionId: `session ${index}` as SessionId,
        ledgerRunId: `ledger ${index}` as RunId,
        ledger: [encodeFact(created(name))],
        runId: `run ${index}` as RunId,
        events: [encodeFact(prompt())],
      },
    ]).replies;
    if (reply?.kind !== 'answer' || reply.answer.kind !== 'begun') throw new Error('the run was not begun');
    const { runKey, lastSeq } = reply.answer.run;
    const outbox = createOutbox({ schedule: (callback) => flushes.set(name, callback) });
    const run = outbox.openRun(runKey, lastSeq as Seq, (error) => {
      sender.refused = error.code;
    });
    const sender: SimulatedSender = {
      name,
      outbox,
      run,
      runKey,
      recorded: [],
      acknowledged: 0,
      refused: null,
      alive: true,
      removed: false,
    };
    senders.push(sender);
  }
  writer = startWriter();
  published = Number(database.prepare('SELECT max(position) FROM session_events').pluck().get());
  connectAll();

  const receive = (name: string, reply: WriterReply): void => {
    if (name === 'runtime') {
      if (reply.kind !== 'answer') return;
      // The first answer counts, as for whoever waits for it.
      if (waiting.delete(reply.requestId)) answers.set(reply.requestId, reply.answer);
      return;
    }
    const sender = senders.find((candidate) => candidate.name === name);
    if (sender?.alive) sender.outbox.receive(reply);
  };

  // ── what can happen ──────────────────────────────────────────────────────────────────────────────────────────────
  const die = (): void => {
    if (variant === 'lets the dead writer write on' && writer !== null) {
      const dead = writer;
      for (const channel of channels.values()) {
        for (const request of channel.toWriter) ghosts.push(ghostOf(dead, request));
      }
    }
    // What was posted may still arrive, or not: the port lives a moment longer than its thread.
    late = [...channels].flatMap(([name, channel]) => channel.fromWriter.map((reply) => ({ name, reply })));
    writer = null;
  };

  const ghostOf = (dead: ReturnType<typeof startWriter>, request: WriterRequest): Step => ({
    name: 'the dead writer commits',
    take: () => void attempt(() => dead.real([request])),
  });

  const restart = (): void => {
    if (!budget.spend()) {
      gaveUp = true;
      return;
    }
    writer = startWriter();
    connectAll();
    // Its predecessor may have died between a commit and the news of it.
    published = Number(database.prepare('SELECT max(position) FROM session_events').pluck().get());
  };

  const attempt = (body: () => void): void => {
    try {
      body();
    } catch (thrown) {
      if (!(thrown instanceof Crash)) unexpected.push(thrown);
      die();
    } finally {
      trap = null;
    }
  };

  const drain = (wrong: Trap | null = null): void => {
    const callback = writer?.steps.drain ?? writer?.steps.retry;
    if (writer === null || !callback) return;
    writer.steps.drain = null;
    writer.steps.retry = null;
    trap = wrong;
    attempt(callback);
  };

  const appendNext = (sender: SimulatedSender): void => {
    const count = sender.recorded.length + 1;
    const isLast = count === options.eventsPerSender;
    const next = encodeFact(
      isLast ? status('completed') : fact('message', { text: `${sender.name} says ${count}` }, clock()),
    );
    sender.recorded.push(next.payload);
    sender.run.append(next, () => {
      sender.acknowledged += 1;
    });
  };

  const steps = (): readonly Step[] => {
    const possible: Step[] = [];
    const may = (name: string, take: () => void): void => void possible.push({ name, take });
    for (const sender of senders) {
      if (!sender.alive) continue;
      if (sender.recorded.length < options.eventsPerSender && sender.refused === null) {
        may(`${sender.name} records`, () => appendNext(sender));
      }
      const flush = flushes.get(sender.name);
      if (flush !== undefined) {
        may(`${sender.name} sends`, () => {
          flushes.delete(sender.name);
          flush();
        });
      }
    }
    for (const [name, channel] of channels) {
      if (writer !== null && channel.toWriter.length > 0) {
        may(`the writer hears ${name}`, () => {
          const request = channel.toWriter.shift();
          if (request !== undefined) writer?.mailbox.post(channel.sender, request);
        });
      }
      if (channel.fromWriter.length > 0) {
        may(`${name} hears the writer`, () => {
          const reply = channel.fromWriter.shift();
          if (reply !== undefined) receive(name, reply);
        });
      }
    }
    if (writer?.steps.drain || writer?.steps.retry) may('the writer commits', () => drain());
    if (writer === null && !gaveUp) may('the writer is started again', restart);
    if (late.length > 0) {
      may('a late reply arrives', () => {
        const first = late.shift();
        if (first !== undefined) receive(first.name, first.reply);
      });
      may('a late reply is lost', () => void late.shift());
    }
    const ghost = ghosts[0];
    if (ghost !== undefined && writer !== null) may(ghost.name, () => ghosts.shift()?.take());
    return possible;
  };

  /** What can go wrong next. */
  const faults = (): readonly Step[] => {
    const possible: Step[] = [];
    const canDrain = Boolean(writer?.steps.drain ?? writer?.steps.retry);
    const wrong = (name: string, where: Trap): void =>
      void possible.push({
        name,
        take: () => {
          if (where.startsWith('crash')) crashesLeft -= 1;
          else diskFaultsLeft -= 1;
          drain(where);
        },
      });
    if (crashesLeft > 0 && writer !== null) {
      possible.push({
        name: 'the writer dies',
        take: () => {
          crashesLeft -= 1;
          die();
        },
      });
      if (canDrain) {
        wrong('the writer dies before COMMIT', 'crash before');
        wrong('the writer dies after COMMIT', 'crash after');
      }
    }
    if (diskFaultsLeft > 0 && canDrain) {
      wrong('the disk refuses an event', 'disk before');
      wrong('the disk refuses COMMIT', 'disk at commit');
      wrong('the disk refuses COMMIT, and to be read after it', 'disk at commit and after');
    }
    if (crashesLeft > 0) {
      for (const sender of senders) {
        if (!sender.alive) continue;
        possible.push({
          name: `${sender.name} dies`,
          take: () => {
            crashesLeft -= 1;
            sender.alive = false;
            flushes.delete(sender.name);
            // What it had posted may still arrive, before or after its run is ended.
            command((requestId) => ({
              kind: 'settle_run',
              requestId,
              runKey: sender.runKey,
              events: [encodeFact(status('failed', 'the thread that ran this session died'))],
            }));
          },
        });
      }
    }
    return possible;
  };

  /** What a person may ask for, whatever else happens. */
  const removals = (): readonly Step[] =>
    senders
      .filter(({ removed }) => removalsLeft > 0 && !removed)
      .map((sender) => ({
        name: `the session of ${sender.name} is removed`,
        take: () => {
          removalsLeft -= 1;
          sender.removed = true;
          // Its actor is stopped first; what it had posted may still arrive.
          sender.alive = false;
          flushes.delete(sender.name);
          const index = senders.indexOf(sender);
          command((requestId) => ({
            kind: 'remove_session',
            requestId,
            sessionId: `session ${index}` as SessionId,
            occurredAt: clock(),
          }));
        },
      }));

  return {
    database,
    senders,
    steps: (): readonly Step[] => [...steps(), ...removals()],
    faults,
    waiting,
    answers,
    unexpected,
    published: () => published,
    gaveUp: () => gaveUp,
    close: () => database.close(),
  };
};
