import { isNamed, type KnownAgent } from './known-agent.ts';

/** Gemini CLI: tried with 0.61.0. */
export const gemini: KnownAgent = {
  name: 'gemini',
  recognises: isNamed('gemini', 'gemini-cli', '@google/gemini-cli'),
  asksIn: ['default', 'plan'],
};
