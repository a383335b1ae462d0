import { isNamed, type KnownAgent } from './known-agent.ts';

/** Claude Code: tried with claude-agent-acp 0.49.0 and 0.101.0, which begins in a mode that asks for nothing. */
export const claude: KnownAgent = {
  name: 'claude',
  recognises: isNamed('claude-agent-acp', '@agentclientprotocol/claude-agent-acp'),
  asksIn: ['default', 'plan'],
};
