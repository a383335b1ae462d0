import { isNamed, type KnownAgent } from './known-agent.ts';

/**
 * Codex: tried with @agentclientprotocol/codex-acp 2.6.0 and @zed-industries/codex-acp 0.16.0. In `read-only` both ask a
 * person for every edit. In `workspace-write` the one, in `auto` the other edits the workspace unasked and asks for what
 * goes beyond; the default of the one, `agent`, asks a model of its own.
 */
export const codex: KnownAgent = {
  name: 'codex',
  recognises: isNamed('codex-acp', '@agentclientprotocol/codex-acp', '@zed-industries/codex-acp'),
  asksIn: ['read-only'],
};
