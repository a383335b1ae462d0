import { isNamed, type KnownAgent } from './known-agent.ts';

/** OpenCode: tried with 1.18.33. It asks for what its own configuration says it is to ask for. */
export const opencode: KnownAgent = {
  name: 'opencode',
  recognises: isNamed('opencode', 'OpenCode'),
  asksIn: 'as_configured',
};
