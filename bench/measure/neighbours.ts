/** What sessions at work notice of one whose agent misbehaves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HistoryEvent } from '../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { newSession } from '../../actors/protocol/gateway/api.ts';
import { openDataDirectory } from '../../runtime/data/data-directory.ts';
import type { HistoryPlace } from '../../runtime/surface.ts';
import { madeAtOf, steadyAgent } from '../../spec/faults/agents/steady.ts';
import { type Served, serve } from '../../spec/support/served.ts';
import { type Measure, times } from '../bench.ts';
import { type Figure, figure } from '../figure.ts';
import { quantile, ratios } from '../statistics.ts';

const neighbours = 16;
const pauseSeconds = 0.05;
const windowMs = 8_000;
const pageLength = 1_000;

const misbehaving = (fault: string): string =>
  `acp:${process.execPath} ${fileURLToPath(new URL('../../spec/faults/agents/misbehaving.mjs', import.meta.url))} ${fault}`;

export const measureNeighbours: Measure = async (bench) => {
  const folder = bench.folder('neighbours');
  const scripted = (name: string, ...steps: readonly unknown[]): string => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify({ name, turns: [{ steps }] }));
    return `rehearsal:${path}`;
  };
  const agents = {
    floods: scripted('flood', { do: 'flood', bytes: 100_000_000_000 }),
    floods_stderr: misbehaving('stderr-flood'),
    floods_a_terminal: misbehaving('terminal-flood'),
    says_100_mb_lines: scripted('lines', ...times(50).map(() => ({ do: 'garbage', bytes: 100_000_000 }))),
    makes_tool_calls: misbehaving('tool-calls'),
    leaves_processes: misbehaving('many'),
  };

  const served = await serve(openDataDirectory(join(folder, 'data')));
  const begin = (agent: string) =>
    served.startSession(
      newSession.parse({ prompt: 'Work.', repository: folder, agent, approvals: 'allow', worktree: false }),
    );
  try {
    const sessions = await Promise.all(times(neighbours).map(() => begin(steadyAgent(pauseSeconds))));
    const read = times(neighbours).map((): HistoryPlace => ({ run: 1, seq: 0 }));
    /** How long each event of the neighbours took that came since this was last asked. */
    const delays = async (): Promise<readonly number[]> => {
      const found: number[] = [];
      for (const [index, { id }] of sessions.entries()) {
        for (let place = read[index] ?? null; place !== null; ) {
          const { events, next } = await served.history(id, place, pageLength);
          found.push(...events.flatMap(delayOf));
          const last = events.at(-1);
          if (last !== undefined) read[index] = { run: last.run, seq: last.seq };
          place = next;
        }
      }
      return found;
    };
    const p99 = async (): Promise<number> => {
      await delays();
      await pause(windowMs);
      return quantile(await delays(), 0.99);
    };
    await p99(); // the first is for warming up
    const figures: Figure[] = [];
    for (const [does, agent] of Object.entries(agents)) {
      bench.say(`neighbours: beside one that ${does.replaceAll('_', ' ')}`);
      const alone: number[] = [];
      const beside: number[] = [];
      for (const _ of times(bench.pairs)) {
        alone.push(await p99());
        const stop = misbehave(served, () => begin(agent));
        beside.push(await p99());
        await stop();
      }
      figures.push(
        figure({
          name: `neighbours.${does}`,
          says: `p99 from an agent to its place in the log beside one that ${does.replaceAll('_', ' ')}, divided by without`,
          values: ratios(beside, alone),
          goal: { atMost: 3 },
          details: { besideMs: beside, aloneMs: alone },
        }),
      );
    }
    return figures;
  } finally {
    await served.stop();
  }
};

/** Milliseconds from what an agent did until it was given its place in the log; none where the agent does not say when. */
const delayOf = (event: HistoryEvent): readonly number[] => {
  const madeAt = madeAtOf(event);
  return madeAt === null ? [] : [event.recordedAt - madeAt];
};

/** Keeps an agent at it, begun again whenever it has ended, until it is told to stop; that waits for its end. */
const misbehave = (served: Served, begin: () => Promise<{ readonly id: SessionId }>): (() => Promise<void>) => {
  let goesOn = true;
  const ended = async (id: SessionId): Promise<boolean> => (await served.session(id)).activeRunId === null;
  const work = async (): Promise<void> => {
    while (goesOn) {
      const { id } = await begin();
      while (goesOn && !(await ended(id))) await pause(50);
      if (!(await ended(id))) await served.interrupt(id).catch(() => {});
      while (!(await ended(id))) await pause(50);
    }
  };
  const working = work();
  return async () => {
    goesOn = false;
    await working;
  };
};
