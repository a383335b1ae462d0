import { isNamed, type KnownAgent } from './known-agent.ts';

/** Kilo: tried with 7.7.7, a fork of OpenCode. It asks for what its own configuration says it is to ask for. */
export const kilo: KnownAgent = {
  name: 'kilo',
  recognises: isNamed('kilo', 'Kilo'),
  asksIn: 'as_configured',
};
