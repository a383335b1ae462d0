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
  const gaps = model.database.prepare<[], { first_position: number; last_position: number }>(
    'SELECT first_position, last_position FROM log_gaps',
  );
  const seen: string[] = [];

  const holdAlways = (): void => {
    const stored = events.all();
    // 4: nobody but the one writer writes, so nobody ever meets somebody else's write.
    law(model.unexpected.length === 0, `4: one writer: ${String(model.unexpected[0])}`);
    // 2: one order, without gaps, that never changes.
    const seqs = new Map<number, number>();
    const gone = new Set<number>();
    for (const { first_position, last_position } of gaps.all()) {
      for (let position = first_position; position <= last_position; position += 1) gone.add(position);
    }
    law(gone.size === 0 || model.senders.some(({ removed }) => removed), '2: events are gone that nobody removed');
    let head = 0;
    for (const event of stored) {
      for (head += 1; gone.has(head); head += 1);
      law(event.position === head, `2: position ${event.position} is in the place of ${head}`);
      const seq = event.type === 'session_removed' ? event.seq : (seqs.get(event.run_key) ?? 0) + 1;
      law(event.seq === seq, `2: seq ${event.seq} of run ${event.run_key} is in the place of ${seq}`);
      seqs.set(event.run_key, seq);
      const text = `${event.run_key} ${event.payload}`;
      law(seen[head] === undefined || seen[head] === text, `2: position ${event.position} has changed`);
      seen[head] = text;
    }
    law(head >= seen.length - 1, `2: position ${seen.length - 1} is gone`);
    // 1: nobody hears of what is not durable.
    law(model.published() <= head, `1: position ${model.published()} was published before it was there`);
    for (const { name, runKey, recorded, acknowledged, removed } of model.senders) {
      if (removed) continue;
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
    // 21: what was removed is removed whole, and what was refused may be asked for again.
    const tombstones = stored.filter(({ type }) => type === 'session_removed').length;
    const asked = model.senders.filter(({ removed }) => removed).length;
    const answered = [...model.answers.values()].filter(({ kind }) => kind === 'removed').length;
    law(tombstones >= answered, `21: ${answered} sessions were removed, ${tombstones} are gone`);
    law(tombstones <= asked, `21: ${asked} removals were asked for, ${tombstones} sessions are gone`);
    const left = stored.filter(({ run_key }) => model.senders.some(({ runKey }) => runKey === run_key));
    const whole = new Set(left.map(({ run_key }) => run_key)).size;
    law(whole + tombstones === model.senders.length, '21: a session is neither there nor gone');
    const isRemoved = (runKey: number): boolean =>
      model.senders.some((sender) => sender.removed && sender.runKey === runKey);
    for (const runKey of ordinary.all()) {
      // Its actor was stopped for a removal that was refused: it keeps its status.
      if (isRemoved(runKey)) continue;
      const ends = stored.filter((event) => event.run_key === runKey && isEnd(event)).length;
      law(ends === 1, `6: run ${runKey} has ${ends} ends`);
    }
  };

  return { holdAlways, holdAtRest };
};
