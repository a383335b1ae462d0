import { isNamed, type KnownAgent } from './known-agent.ts';

/** Codex: tried with @agentclientprotocol/codex-acp 2.6.0 and @zed-industries/codex-acp 0.16.0. */
export const codex: KnownAgent = {
  name: 'codex',
  recognises: isNamed('codex-acp', '@agentclientprotocol/codex-acp', '@zed-industries/codex-acp'),
  asksIn: ['workspace-write', 'auto'],
};
