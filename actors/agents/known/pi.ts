import { isNamed, type KnownAgent } from './known-agent.ts';

/** pi: tried with pi-acp 0.0.24 and pi 0.73.1. What it offers as modes is how long it thinks. */
export const pi: KnownAgent = {
  name: 'pi',
  recognises: isNamed('pi-acp'),
  asksIn: 'never',
};
