/** The real agents of the suite. A further one is a file of its own in `known/`, and a line here. */
import { claude, claudeForNode20, claudeInVersion2 } from './known/claude.ts';
import { codex } from './known/codex.ts';
import { copilot } from './known/copilot.ts';
import { gemini } from './known/gemini.ts';
import { kilo } from './known/kilo.ts';
import { kimi } from './known/kimi.ts';
import { opencode } from './known/opencode.ts';
import { pi } from './known/pi.ts';
import { qwen } from './known/qwen.ts';
import type { RealAgent } from './known/real-agent.ts';

export const realAgents: readonly RealAgent[] = [
  opencode,
  claude,
  claudeForNode20,
  claudeInVersion2,
  codex,
  gemini,
  qwen,
  kilo,
  kimi,
  copilot,
  pi,
];
