import { homeVariables, node22, type RealAgent } from './real-agent.ts';

export const copilot: RealAgent = {
  name: 'copilot',
  preset: null,
  packageName: '@github/copilot',
  version: '1.0.102',
  besides: node22,
  command: ['copilot', '--acp'],
  versionArguments: ['--version'],
  installScripts: [],
  isLight: false,
  environment: ({ home, modelUrl }) => ({
    ...homeVariables(home),
    // A provider of the person's own: then it wants no login.
    COPILOT_PROVIDER_BASE_URL: `${modelUrl}/v1`,
    COPILOT_PROVIDER_TYPE: 'openai',
    COPILOT_PROVIDER_API_KEY: 'any',
    COPILOT_MODEL: 'scripted',
    COPILOT_OFFLINE: 'true',
    COPILOT_AUTO_UPDATE: 'false',
  }),
};
