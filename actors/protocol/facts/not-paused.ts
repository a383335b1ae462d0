import { ThroughlineError } from './error.ts';

/** The refusal to go on with what does not wait. */
export const notPaused = (): ThroughlineError =>
  new ThroughlineError('session.not_paused', 'this session is not paused', {
    hint: 'give it a prompt, or see what it does: throughline list',
  });
