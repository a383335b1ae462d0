import { isNamed, type KnownAgent } from './known-agent.ts';

/** Qwen Code: tried with 0.24.4, which begins in a mode that asks for nothing. */
export const qwen: KnownAgent = {
  name: 'qwen',
  recognises: isNamed('qwen', 'qwen-code', '@qwen-code/qwen-code'),
  asksIn: ['default'],
  questions: { takesAnswers: true },
};
