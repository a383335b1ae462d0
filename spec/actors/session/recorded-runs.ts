import type { RunFact } from '../../../actors/protocol/facts/events.ts';
import { live, recordings, withoutResume } from './recordings.ts';

/** Every run of the recorded agents, as the session actor logged it. */
export const recordedRuns = async (): Promise<
  readonly { readonly name: string; readonly facts: readonly RunFact[] }[]
> => {
  const runs: { readonly name: string; readonly facts: readonly RunFact[] }[] = [];
  for (const name of recordings) {
    const { world } = await live(name, {
      ...(/load|resume/.test(name) ? { agentSessionId: 'earlier' } : {}),
      ...(name.includes('load') ? { change: withoutResume } : {}),
    });
    world.stop();
    await world.actor.done;
    for (let run = 1; world.facts(run).length > 0; run += 1)
      runs.push({ name: `${name}, run ${run}`, facts: world.facts(run) });
  }
  return runs;
};
