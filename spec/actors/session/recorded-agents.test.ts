/** Whole conversations of real agents, played to the actor as they were recorded. */
import * as assert from 'uvu/assert';
import type { RunFact } from '../../../actors/protocol/facts/events.ts';
import { suite } from '../../support/suite.ts';
import { live, type Recording, readRecording, recordings, withoutResume } from './recordings.ts';

const test = suite('recorded agents');

const textsOf = (facts: readonly RunFact[], type: 'message' | 'thinking'): string =>
  facts.flatMap((next) => (next.type === type ? [next.payload.text] : [])).join('');

for (const name of recordings) {
  const isTakenUp = /load|resume/.test(name);
  test(`${name}: every run ends as it did, and nothing the agent said is missing`, async () => {
    const { world } = await live(name, {
      ...(isTakenUp ? { agentSessionId: 'earlier' } : {}),
      ...(name.includes('load') ? { change: withoutResume } : {}),
    });
    // Where the recording ends the process was killed.
    const runs = world.sent.filter((message) => message.kind === 'run_ended').length;
    const answered = endsOfTurns(name);
    assert.is(runs, answered.length);
    for (const [index, end] of answered.entries()) assert.equal(world.terminal(index + 1), [end], `run ${index + 1}`);
    // What is held back to be joined is recorded with the stop.
    world.stop();
    await world.actor.done;
    const facts = Array.from({ length: answered.length + 1 }, (_, index) => world.facts(index + 1)).flat();
    assert.is(textsOf(facts, 'message'), saidIn(name, 'agent_message_chunk'));
    assert.is(textsOf(facts, 'thinking'), saidIn(name, 'agent_thought_chunk'));
  });
}

/** How each recorded turn has to end: interrupted where the client asked for it, whatever the agent called it. */
const endsOfTurns = (name: Recording): readonly ('completed' | 'interrupted')[] => {
  const ends: ('completed' | 'interrupted')[] = [];
  let wasAsked = false;
  for (const { dir, msg } of readRecording(name)) {
    if (dir === 'c2a' && msg.method === 'session/cancel') wasAsked = true;
    const { stopReason } = (dir === 'a2c' ? (msg.result ?? {}) : {}) as { stopReason?: string };
    if (stopReason === undefined) continue;
    ends.push(wasAsked ? 'interrupted' : 'completed');
    wasAsked = false;
  }
  return ends;
};

/** What a recorded agent said, its replay left out. */
const saidIn = (name: Recording, kind: string): string =>
  readRecording(name)
    .slice(indexOfOpening(name) + 1)
    .flatMap(({ msg }) => {
      const { update } = (msg.params ?? {}) as { update?: { sessionUpdate: string; content?: { text?: string } } };
      return update?.sessionUpdate === kind ? [update.content?.text ?? ''] : [];
    })
    .join('');

/** Where the answer to `session/load` or `session/resume` stands: what comes before is a replay. -1 without one. */
const indexOfOpening = (name: Recording): number => {
  const steps = readRecording(name);
  const asked = steps.find(({ msg }) => msg.method === 'session/load' || msg.method === 'session/resume');
  return steps.findIndex(({ dir, msg }) => dir === 'a2c' && msg.method === undefined && msg.id === asked?.msg.id);
};

test.run();
