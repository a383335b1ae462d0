import type { Payload } from '../../actors/protocol/facts/events.ts';

/** What a prompt is made of, where a person did not write it all. */
export type PromptIsOf = Partial<Pick<Payload<'prompt'>, 'comments' | 'checks' | 'byItself' | 'queued' | 'parts'>>;

/** A prompt that is made: its text, and what of. */
export type MadePrompt = {
  readonly text: string;
  readonly of: PromptIsOf;
};
