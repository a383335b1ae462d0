import { isNamed, type KnownAgent } from './known-agent.ts';

/** Gemini CLI: tried with 0.61.0. */
export const gemini: KnownAgent = {
  name: 'gemini',
  recognises: isNamed('gemini', 'gemini-cli', '@google/gemini-cli'),
  asksIn: ['default'],
  // `session/load` overwrites the file it has just read, within the minute that the conversation was begun in and at the
  // second load. A new conversation that is told the old one loses nothing.
  neverLoads: 'loading one can destroy what Gemini keeps of it',
};
