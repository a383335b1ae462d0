import { isNamed, type KnownAgent } from './known-agent.ts';

/** pi: tried with pi-acp 0.0.24 and pi 0.73.1. */
export const pi: KnownAgent = {
  name: 'pi',
  recognises: isNamed('pi-acp'),
  asksIn: 'never',
};
