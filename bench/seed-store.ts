/** Fills a database by the writer's own code, without its thread. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterFact, beginningOfRun } from '../actors/model/run/fold-run.ts';
import { createFactEncoder } from '../actors/model/run/run-snapshot.ts';
import { type EncodedFact, encodeFact, fact, type RunFact } from '../actors/protocol/facts/events.ts';
import type { EpochKey, Ordinal, RunId, RunKey, SessionId, Timestamp } from '../actors/protocol/facts/ids.ts';
import { openStore } from '../actors/store/open-store.ts';
import { closeEpoch, openEpoch } from '../actors/writer/epoch.ts';
import { createLog } from '../actors/writer/log.ts';
import { workEvent } from './workload.ts';
import { createdFact, migrationsFolder } from './writer.ts';

export type Seeded = {
  readonly databasePath: string;
  readonly events: number;
  readonly sessions: readonly SessionId[];
};

const eventsPerTransaction = 2_000;

/**
 * Makes a database in a folder: so many sessions of so many events each, some of them still at work (the first ones;
 * else one in ten), and the epoch closed. With several runs a session's events are spread over them.
 */
export const seedStore = (
  folder: string,
  options: {
    readonly sessions: number;
    readonly eventsPerSession: number;
    readonly runsPerSession?: number;
    readonly atWork?: number;
  },
): Seeded => {
  const databasePath = join(folder, 'throughline.db');
  const database = openStore({ path: databasePath, migrationsFolder, synchronous: 'NORMAL' });
  let at = Date.now() as Timestamp;
  const clock = (): Timestamp => {
    at = (at + 1) as Timestamp;
    return at;
  };
  const startPosition = createLog(database, 0 as EpochKey, clock).position();
  const { epochKey } = openEpoch(database, { startPosition, startedAt: clock(), programVersion: 'bench', pid: 1 });
  const log = createLog(database, epochKey, clock);
  const inTransaction = (body: () => void): void => {
    database
      .transaction(() => {
        body();
        log.writeProjections();
      })
      .immediate();
  };
  const append = (runKey: RunKey, facts: readonly EncodedFact[]): void => {
    for (let from = 0; from < facts.length; from += eventsPerTransaction) {
      inTransaction(() => log.append(runKey, facts.slice(from, from + eventsPerTransaction)));
    }
  };

  const sessions: SessionId[] = [];
  const runs = options.runsPerSession ?? 1;
  for (let index = 0; index < options.sessions; index += 1) {
    const sessionId = randomUUID() as SessionId;
    sessions.push(sessionId);
    const ends = options.atWork === undefined ? index % 10 !== 0 : index >= options.atWork;
    inTransaction(() => {
      const sessionKey = log.insertSession(sessionId);
      const ledger = log.insertRun(randomUUID() as RunId, sessionKey, 0 as Ordinal);
      log.append(ledger, [encodeFact(createdFact(index, clock()))]);
    });
    const sessionKey = log.sessionById(sessionId);
    if (sessionKey === null) throw new Error('the session was not made');
    for (let ordinal = 1; ordinal <= runs; ordinal += 1) {
      let runKey: RunKey | null = null;
      const encode = createEncoder();
      inTransaction(() => {
        runKey = log.insertRun(randomUUID() as RunId, sessionKey, ordinal as Ordinal);
        log.append(runKey, [encode(fact('prompt', { text: 'measure', origin: 'prompt' }, clock()))]);
      });
      if (runKey === null) throw new Error('the run was not made');
      const work = Array.from({ length: Math.floor(options.eventsPerSession / runs) }, (_, event) =>
        workEvent(event, clock()),
      );
      const facts = [
        fact('status', { status: 'running' }, clock()),
        ...work,
        ...(ends || ordinal < runs ? [fact('status', { status: 'completed' }, clock())] : []),
      ];
      append(runKey, facts.map(encode));
    }
  }
  closeEpoch(database, epochKey, clock());
  const events = log.position();
  database.close();
  return { databasePath, events, sessions };
};

/** Encodes the facts of a run as its session's actor does. */
const createEncoder = (): ((next: RunFact) => EncodedFact) => {
  const encode = createFactEncoder();
  let machine = beginningOfRun();
  return (next) => {
    machine = afterFact(machine, next);
    return encode(next, machine);
  };
};
