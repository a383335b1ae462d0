import { isNamed, type KnownAgent } from './known-agent.ts';

/** Kilo: tried with 7.7.7, a fork of OpenCode. */
export const kilo: KnownAgent = {
  name: 'kilo',
  recognises: isNamed('kilo', 'Kilo'),
  asksIn: 'always',
};
