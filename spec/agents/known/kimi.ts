import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeVariables, node22, type RealAgent } from './real-agent.ts';

export const kimi: RealAgent = {
  name: 'kimi',
  preset: null,
  packageName: '@moonshot-ai/kimi-code',
  version: '2.1.0',
  besides: node22,
  command: ['kimi', 'acp'],
  versionArguments: ['--version'],
  installScripts: [],
  isLight: false,
  asksOnlyForCommands: true,
  environment({ home, modelUrl }) {
    const folder = join(home, '.kimi-code');
    const variables = homeVariables(home);
    mkdirSync(folder, { recursive: true });
    const lines = [
      'default_model = "scripted"',
      'default_permission_mode = "manual"',
      'telemetry = false',
      '[providers.scripted]',
      'type = "openai"',
      `base_url = "${modelUrl}/v1"`,
      'api_key = "any"',
      '[models.scripted]',
      'provider = "scripted"',
      'model = "scripted"',
      'max_context_size = 128000',
      'capabilities = ["thinking", "tool_use"]',
    ];
    writeFileSync(join(folder, 'config.toml'), `${lines.join('\n')}\n`);
    return { ...variables, KIMI_CODE_HOME: folder, KIMI_CODE_NO_AUTO_UPDATE: '1' };
  },
};
