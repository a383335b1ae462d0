import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeVariables, type RealAgent } from './real-agent.ts';

/** An adapter of another maker's: 0.0.34 hangs with this pi. */
export const pi: RealAgent = {
  name: 'pi',
  preset: null,
  packageName: 'pi-acp',
  version: '0.0.24',
  besides: { '@mariozechner/pi-coding-agent': '0.73.1' },
  command: ['pi-acp'],
  // The adapter has no such option.
  versionBinary: 'pi',
  versionArguments: ['--version'],
  installScripts: [],
  isLight: false,
  neverAsks: true,
  environment({ home, modelUrl }) {
    const folder = join(home, '.pi', 'agent');
    const variables = homeVariables(home);
    mkdirSync(folder, { recursive: true });
    const provider = {
      baseUrl: `${modelUrl}/v1`,
      api: 'openai-completions',
      apiKey: 'any',
      models: [{ id: 'scripted', reasoning: true, contextWindow: 128_000, maxTokens: 8_192 }],
    };
    writeFileSync(join(folder, 'models.json'), JSON.stringify({ providers: { scripted: provider } }));
    const settings = { defaultProvider: 'scripted', defaultModel: 'scripted', quietStartup: true };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    return { ...variables, PI_OFFLINE: '1', PI_TELEMETRY: '0', PI_SKIP_VERSION_CHECK: '1' };
  },
};
