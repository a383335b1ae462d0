import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeVariables, type RealAgent } from './real-agent.ts';

export const gemini: RealAgent = {
  name: 'gemini',
  packageName: '@google/gemini-cli',
  version: '0.61.0',
  command: ['gemini', '--acp'],
  versionArguments: ['--version'],
  installScripts: [],
  isLight: true,
  missingFilesAreEmpty: true,
  environment({ home, modelUrl }) {
    const folder = join(home, '.gemini');
    const variables = homeVariables(home);
    mkdirSync(folder, { recursive: true });
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
    };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    return {
      ...variables,
      GEMINI_API_KEY: 'any',
      GOOGLE_GEMINI_BASE_URL: modelUrl,
      // Named, so that no model of its own is asked first which model this is for.
      GEMINI_MODEL: 'gemini-2.5-flash',
    };
  },
};
