import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeVariables, type RealAgent } from './real-agent.ts';

/** A fork of opencode, configured as that is. */
export const kilo: RealAgent = {
  name: 'kilo',
  preset: null,
  packageName: '@kilocode/cli',
  version: '7.7.7',
  command: ['kilo', 'acp'],
  versionArguments: ['--version'],
  installScripts: ['@kilocode/cli'],
  isLight: false,
  environment({ home, modelUrl }) {
    const configuration = join(home, 'kilo.json');
    const model = { name: 'Scripted', tool_call: true, reasoning: true, limit: { context: 128_000, output: 8_192 } };
    const text = JSON.stringify({
      model: 'scripted/scripted',
      small_model: 'scripted/scripted',
      autoupdate: false,
      share: 'disabled',
      // Else it offers some three hundred models of its makers' gateway.
      enabled_providers: ['scripted'],
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
      KILO_CONFIG: configuration,
      KILO_DISABLE_AUTOUPDATE: '1',
      KILO_DISABLE_MODELS_FETCH: '1',
      KILO_DISABLE_DEFAULT_PLUGINS: '1',
      KILO_DISABLE_LSP_DOWNLOAD: '1',
    };
  },
};
