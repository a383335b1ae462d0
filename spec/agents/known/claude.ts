import { join } from 'node:path';
import { homeVariables, type RealAgent } from './real-agent.ts';

const environment: RealAgent['environment'] = ({ home, modelUrl }) => ({
  ...homeVariables(home),
  CLAUDE_CONFIG_DIR: join(home, '.claude'),
  ANTHROPIC_BASE_URL: modelUrl,
  ANTHROPIC_API_KEY: 'any',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_ERROR_REPORTING: '1',
});

const common = {
  packageName: '@agentclientprotocol/claude-agent-acp',
  command: ['claude-agent-acp'],
  versionArguments: ['--cli', '--version'],
  installScripts: [],
  environment,
} as const;

/** It starts on Node 20 too, though its package says 22. Left alone it begins in a mode that asks for nothing. */
export const claude: RealAgent = {
  ...common,
  name: 'claude',
  version: '0.101.0',
  isLight: true,
  askingMode: 'default',
  saysAnew: /^\*\*Warning:\*\* We're changing auto mode/,
};

/** The same over version 2 of the protocol, a preview, which it speaks too. */
export const claudeInVersion2: RealAgent = { ...claude, name: 'claude-v2', preset: null, isLight: false, protocol: 2 };

/** The newest whose package says that it runs on Node 20. */
export const claudeForNode20: RealAgent = {
  ...common,
  name: 'claude-0.49',
  preset: 'claude',
  version: '0.49.0',
  isLight: false,
};
