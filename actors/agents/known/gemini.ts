import { isNamed, type KnownAgent } from './known-agent.ts';

/** Gemini CLI: tried with 0.61.0. */
export const gemini: KnownAgent = {
  name: 'gemini',
  recognises: isNamed('gemini', 'gemini-cli', '@google/gemini-cli'),
  asksIn: ['default'],
  // Its library rejects with the error as it came, which is no Error, and it looks for "Resource not found" in the words
  // of it: these are "[object Object]", whatever is answered.
  readsMissingAsEmpty: true,
};
