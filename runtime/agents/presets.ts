/** The agents that are known by name. Each speaks the Agent Client Protocol over its stdin and stdout. */
export type Preset = {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** Its npm package. */
  readonly package: string;
  /** The newest one that runs on older Nodes, where the newest of all does not. */
  readonly packageBelowNode22?: string;
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
    packageBelowNode22: '@agentclientprotocol/claude-agent-acp@0.49.0',
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
};

/** The command that installs a preset on a Node of this major version. */
export const installCommand = (preset: Preset, nodeMajor: number): string =>
  `npm install -g ${nodeMajor < 22 ? (preset.packageBelowNode22 ?? preset.package) : preset.package}`;
