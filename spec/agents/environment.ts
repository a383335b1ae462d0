import { delimiter } from 'node:path';
import type { InstalledAgent } from './install.ts';

/**
 * Settings of the person who runs the suite, which no agent under test may see: keys, endpoints, hooks of git. And
 * IS_SANDBOX: the adapter of Claude takes any value of it for a yes, Claude itself only 1, and then it does not start.
 */
const personal =
  /^(ANTHROPIC|CLAUDE|OPENCODE|OPENAI|CODEX|GEMINI|GOOGLE|QWEN|DASHSCOPE|KILO|KIMI|MOONSHOT|COPILOT|GH_|PI_|AWS|GIT|THROUGHLINE|IS_SANDBOX)/i;

/** The environment of a runtime whose presets find this agent on PATH, and whose agents find the scripted model. */
export const environmentFor = (
  { agent, binFolder }: InstalledAgent,
  place: { readonly home: string; readonly modelUrl: string },
): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !personal.test(name))),
  ...agent.environment(place),
  PATH: `${binFolder}${delimiter}${process.env.PATH ?? ''}`,
  // The model is on loopback, whatever else goes through a proxy.
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
});
