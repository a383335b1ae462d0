import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeVariables, node22, type RealAgent } from './real-agent.ts';

/** Left alone it begins in a mode that asks for nothing. */
export const qwen: RealAgent = {
  name: 'qwen',
  preset: null,
  packageName: '@qwen-code/qwen-code',
  version: '0.24.4',
  besides: node22,
  command: ['qwen', '--acp'],
  versionArguments: ['--version'],
  installScripts: [],
  isLight: false,
  askingMode: 'default',
  environment({ home, modelUrl }) {
    const folder = join(home, '.qwen');
    const variables = homeVariables(home);
    mkdirSync(folder, { recursive: true });
    const settings = {
      security: { auth: { selectedType: 'openai' } },
      general: { disableAutoUpdate: true, enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
    };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    return { ...variables, OPENAI_BASE_URL: `${modelUrl}/v1`, OPENAI_API_KEY: 'any', OPENAI_MODEL: 'scripted' };
  },
};
