/** The laws that hold after each step of the model, whatever came before it, and those that hold when all is quiet. */
import { verifyLog } from '../../../actors/store/verify/verify-log.ts';
import type { Model } from './world.ts';

type Stored = {
  readonly position: number;
  readonly run_key: number;
  readonly seq: number;
  readonly type: string;
  readonly payload: string;
};

export class Broken extends Error {}

const law = (holds: boolean, sentence: string): void => {
  if (!holds) throw new Broken(sentence);
};

const isEnd = ({ type, payload }: Stored): boolean =>
  type === 'status' && ['completed', 'interrupted', 'failed'].includes(String(JSON.parse(payload).status));

/** Checks one model again and again; it remembers what was seen. */
export const createLaws = (model: Model) => {
  const events = model.database.prepare<[], Stored>(
    'SELECT position, run_key, seq, type, payload FROM session_events ORDER BY position',
  );
  const ordinary = model.database.prepare<[], number>('SELECT run_key FROM runs WHERE ordinal > 0').pluck();
  const seen: string[] = [];

  const holdAlways = (): void => {
    const stored = events.all();
    // 4: nobody but the one writer writes, so nobody ever meets somebody else's write.
    law(model.unexpected.length === 0, `4: one writer: ${String(model.unexpected[0])}`);
    // 2: one order, without gaps, that never changes.
    const seqs = new Map<number, number>();
    for (const [index, event] of stored.entries()) {
      law(event.position === index + 1, `2: position ${event.position} is in the place of ${index + 1}`);
      const seq = (seqs.get(event.run_key) ?? 0) + 1;
      law(event.seq === seq, `2: seq ${event.seq} of run ${event.run_key} is in the place of ${seq}`);
      seqs.set(event.run_key, seq);
      const text = `${event.run_key} ${event.payload}`;
      law(seen[index] === undefined || seen[index] === text, `2: position ${event.position} has changed`);
      seen[index] = text;
    }
    law(stored.length >= seen.length, `2: position ${seen.length} is gone`);
    // 1: nobody hears of what is not durable.
    law(model.published() <= stored.length, `1: position ${model.published()} was published before it was there`);
    for (const { name, runKey, recorded, acknowledged } of model.senders) {
      const own = stored.filter((event) => event.run_key === runKey && event.type !== 'prompt');
      const said = own.filter(({ payload }) => recorded.includes(payload));
      law(said.length >= acknowledged, `1: ${acknowledged} of ${name} were acknowledged, ${said.length} are there`);
      // 3: each once, in the order in which it was recorded.
      for (const [index, { payload }] of said.entries()) {
        law(payload === recorded[index], `3: ${name}: ${payload} is in the place of ${recorded[index]}`);
      }
    }
    // 6: one end a run.
    for (const runKey of ordinary.all()) {
      const ends = stored.filter((event) => event.run_key === runKey && isEnd(event)).length;
      law(ends <= 1, `6: run ${runKey} has ${ends} ends`);
    }
  };

  /** When nothing can happen any more: nothing is still waited for, and every row is what the log says. */
  const holdAtRest = (): void => {
    const report = verifyLog(model.database);
    law(report.ok, `9: ${report.ok ? '' : report.difference}`);
    if (model.gaveUp()) return;
    law(model.waiting.size === 0, 'a command was never answered');
    for (const { name, alive, recorded, acknowledged, refused } of model.senders) {
      if (!alive) continue;
      law(refused === null, `${name} was refused: ${refused}`);
      law(acknowledged === recorded.length, `${name} waits for ${recorded.length - acknowledged} of its events`);
    }
    const stored = events.all();
    for (const runKey of ordinary.all()) {
      const ends = stored.filter((event) => event.run_key === runKey && isEnd(event)).length;
      law(ends === 1, `6: run ${runKey} has ${ends} ends`);
    }
  };

  return { holdAlways, holdAtRest };
};
