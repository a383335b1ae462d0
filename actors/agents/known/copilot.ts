import { isNamed, type KnownAgent } from './known-agent.ts';

/** Copilot: tried with 1.0.102. */
export const copilot: KnownAgent = {
  name: 'copilot',
  recognises: isNamed('copilot', '@github/copilot'),
  asksIn: 'always',
};
