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

/** The variables that a login of an agent may need. Their names may be told, their values never are. */
export const loginVariables: ReadonlySet<string> = new Set(
  all.flatMap(({ logsInBy = [] }) => logsInBy.flatMap(({ needs }) => needs)),
);

/** The methods of login that this agent can do without a person, when these variables are set. */
export const loginsWithoutPerson = (agent: KnownAgent | null, set: readonly string[]): readonly string[] =>
  (agent?.logsInBy ?? [])
    .filter(({ needs }) => needs.some((name) => set.includes(name)))
    .map(({ methodId }) => methodId);

/** The agent that this is; null for one that was not tried. */
export const knownAgent = (identity: AgentIdentity): KnownAgent | null =>
  all.find((agent) => agent.recognises(identity)) ?? null;
