import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeVariables, type RealAgent } from './real-agent.ts';

export const codex: RealAgent = {
  name: 'codex',
  packageName: '@agentclientprotocol/codex-acp',
  version: '2.6.0',
  command: ['codex-acp'],
  versionArguments: ['--version'],
  installScripts: [],
  isLight: true,
  environment({ home, modelUrl }) {
    const folder = join(home, '.codex');
    const variables = homeVariables(home);
    mkdirSync(folder, { recursive: true });
    // A model it knows: of an unknown one it warns in every turn, and the newest ones get no plain shell.
    const lines = [
      'model = "gpt-5.5"',
      'model_provider = "scripted"',
      'check_for_update_on_startup = false',
      '[analytics]',
      'enabled = false',
      '[model_providers.scripted]',
      'name = "Scripted"',
      `base_url = "${modelUrl}/v1"`,
      'wire_api = "responses"',
      'env_key = "CODEX_MODEL_KEY"',
    ];
    writeFileSync(join(folder, 'config.toml'), `${lines.join('\n')}\n`);
    // In its own default mode a model of its own decides about approvals; in this one they reach the client.
    return { ...variables, CODEX_HOME: folder, CODEX_MODEL_KEY: 'any', INITIAL_AGENT_MODE: 'workspace-write' };
  },
};
