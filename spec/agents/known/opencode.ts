import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeVariables, type RealAgent } from './real-agent.ts';

export const opencode: RealAgent = {
  name: 'opencode',
  packageName: 'opencode-ai',
  version: '1.18.33',
  command: ['opencode', 'acp'],
  versionArguments: ['--version'],
  installScripts: ['opencode-ai'],
  isLight: true,
  environment({ home, modelUrl }) {
    const configuration = join(home, 'opencode.json');
    const model = { name: 'Scripted', tool_call: true, reasoning: true, limit: { context: 128_000, output: 8_192 } };
    const text = JSON.stringify({
      model: 'scripted/scripted',
      small_model: 'scripted/scripted',
      autoupdate: false,
      share: 'disabled',
      // Without these it asks for nothing.
      permission: { edit: 'ask', bash: 'ask' },
      provider: {
        scripted: {
          npm: '@ai-sdk/openai-compatible',
          options: { baseURL: `${modelUrl}/v1`, apiKey: 'any' },
          models: { scripted: model },
        },
      },
    });
    const variables = homeVariables(home);
    writeFileSync(configuration, text);
    return {
      ...variables,
      OPENCODE_CONFIG: configuration,
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    };
  },
};
