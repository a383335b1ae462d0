/** The agents that were tried. */
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { copilot } from './copilot.ts';
import { gemini } from './gemini.ts';
import { kilo } from './kilo.ts';
import { kimi } from './kimi.ts';
import type { AgentIdentity, KnownAgent } from './known-agent.ts';
import { opencode } from './opencode.ts';
import { pi } from './pi.ts';
import { qwen } from './qwen.ts';

const all: readonly KnownAgent[] = [codex, claude, gemini, opencode, qwen, kilo, kimi, copilot, pi];

/** The agent that this is; null for one that was not tried. */
export const knownAgent = (identity: AgentIdentity): KnownAgent | null =>
  all.find((agent) => agent.recognises(identity)) ?? null;
