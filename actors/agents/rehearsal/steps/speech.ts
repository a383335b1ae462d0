import { randomUUID } from 'node:crypto';
import type { StepOf } from '../stage/script.ts';
import type { Stage } from '../stage/stage.ts';

/** The text in pieces of so many characters, no character cut in two. */
export const chunksOf = (text: string, characters: number): string[] => {
  const points = [...text];
  const chunks: string[] = [];
  for (let at = 0; at < points.length; at += characters) chunks.push(points.slice(at, at + characters).join(''));
  return chunks;
};

const stream = async (
  stage: Stage,
  sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk',
  { text, chunkCharacters, everyMs }: StepOf<'say' | 'think'>,
): Promise<void> => {
  const messageId = randomUUID();
  for (const chunk of chunksOf(text, chunkCharacters)) {
    await stage.update({ sessionUpdate, messageId, content: { type: 'text', text: chunk } });
    if (everyMs > 0) await stage.wait(everyMs);
  }
};

export const say = (stage: Stage, step: StepOf<'say'>): Promise<void> => stream(stage, 'agent_message_chunk', step);

export const think = (stage: Stage, step: StepOf<'think'>): Promise<void> => stream(stage, 'agent_thought_chunk', step);

export const plan = (stage: Stage, step: StepOf<'plan'>): Promise<void> =>
  stage.update({ sessionUpdate: 'plan', entries: step.entries });

// Usage and mode are not part of what a load replays: neither is with real agents.
export const usage = (stage: Stage, { tokens, size, cost, currency }: StepOf<'usage'>): Promise<void> =>
  stage.mention({
    sessionUpdate: 'usage_update',
    used: tokens,
    size,
    ...(cost === undefined ? {} : { cost: { amount: cost, currency } }),
  });

export const mode = (stage: Stage, step: StepOf<'mode'>): Promise<void> => {
  stage.session.mode = step.mode;
  return stage.mention({ sessionUpdate: 'current_mode_update', currentModeId: step.mode });
};
