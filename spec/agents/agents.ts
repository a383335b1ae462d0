import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A real agent the suite runs against. A further one is a further entry in the table below. */
export type RealAgent = {
  /** The preset's name: what `--agent` gets. */
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  /** The command and its arguments, its binary as npm links it into `node_modules/.bin`. */
  readonly command: readonly [string, ...string[]];
  /** Arguments that make the binary print its version and exit: proof that the installation runs. */
  readonly versionArguments: readonly string[];
  /** Packages whose install scripts have to run; npm runs no others. */
  readonly installScripts: readonly string[];
  /**
   * What its process needs to find the scripted model and nothing of the person's own: a home of its own in `home`,
   * where configuration files are written too.
   */
  readonly environment: (place: { readonly home: string; readonly modelUrl: string }) => Record<string, string>;
};

const homeVariables = (home: string): Record<string, string> => {
  const variables = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
  };
  for (const folder of Object.values(variables)) mkdirSync(folder, { recursive: true });
  return variables;
};

const opencode: RealAgent = {
  name: 'opencode',
  packageName: 'opencode-ai',
  version: '1.18.33',
  command: ['opencode', 'acp'],
  versionArguments: ['--version'],
  installScripts: ['opencode-ai'],
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

const claude: RealAgent = {
  name: 'claude',
  packageName: '@agentclientprotocol/claude-agent-acp',
  version: '0.49.0',
  command: ['claude-agent-acp'],
  versionArguments: ['--cli', '--version'],
  installScripts: [],
  environment: ({ home, modelUrl }) => ({
    ...homeVariables(home),
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'any',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_ERROR_REPORTING: '1',
  }),
};

const codex: RealAgent = {
  name: 'codex',
  packageName: '@agentclientprotocol/codex-acp',
  version: '2.6.0',
  command: ['codex-acp'],
  versionArguments: ['--version'],
  installScripts: [],
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

export const realAgents: readonly RealAgent[] = [opencode, claude, codex];
