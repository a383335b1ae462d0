import { installable } from './registry.ts';

/** The agents that are known by name. Each speaks the Agent Client Protocol over its stdin and stdout. */
export type Preset = {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** Its npm package. */
  readonly package: string;
};

export const presets: Readonly<Record<string, Preset>> = {
  opencode: {
    title: 'OpenCode',
    command: 'opencode',
    arguments: ['acp'],
    package: 'opencode-ai',
  },
  claude: {
    title: 'Claude Code',
    command: 'claude-agent-acp',
    arguments: [],
    package: '@agentclientprotocol/claude-agent-acp',
  },
  codex: {
    title: 'Codex',
    command: 'codex-acp',
    arguments: [],
    package: '@agentclientprotocol/codex-acp',
  },
  gemini: {
    title: 'Gemini CLI',
    command: 'gemini',
    arguments: ['--acp'],
    package: '@google/gemini-cli',
  },
  qwen: {
    title: 'Qwen Code',
    command: 'qwen',
    arguments: ['--acp'],
    package: '@qwen-code/qwen-code',
  },
  kilo: {
    title: 'Kilo Code',
    command: 'kilo',
    arguments: ['acp'],
    package: '@kilocode/cli',
  },
  kimi: {
    title: 'Kimi Code',
    command: 'kimi',
    arguments: ['acp'],
    package: '@moonshot-ai/kimi-code',
  },
  copilot: {
    title: 'GitHub Copilot CLI',
    command: 'copilot',
    arguments: ['--acp'],
    package: '@github/copilot',
  },
  pi: {
    title: 'pi',
    command: 'pi-acp',
    arguments: [],
    package: 'pi-acp',
  },
  cline: {
    title: 'Cline',
    command: 'cline',
    arguments: ['--acp'],
    package: 'cline',
  },
  auggie: {
    title: 'Auggie',
    command: 'auggie',
    arguments: ['--acp'],
    package: '@augmentcode/auggie',
  },
};

/** The command that installs a preset on a Node of this version. */
export const installCommand = (preset: Preset, node: string): string =>
  `npm install -g ${installable(preset.package, node).specifier}`;
