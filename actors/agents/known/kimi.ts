import { isNamed, type KnownAgent } from './known-agent.ts';

/** Kimi Code: tried with 2.1.0. */
export const kimi: KnownAgent = {
  name: 'kimi',
  recognises: isNamed('kimi', 'kimi-code'),
  asksIn: ['default'],
  questions: { answerIds: /^q\d+_(?:opt_\d+|skip)$/u },
};
