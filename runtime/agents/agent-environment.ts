/**
 * What of the runtime's environment an agent gets. It gets what its tools may need, which nobody can list: paths,
 * languages, toolchains, proxies. It does not get what looks like a secret, unless that is one that agents are for: the
 * keys of models. Whatever else it needs is named in `config.json`, for all (`passEnvironment`) or one (`env`).
 */
import { redactSecrets } from '../../actors/protocol/facts/redact.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of an agent's process; `changes` are its own, and `null` takes a variable away. */
export const agentEnvironment = (
  inherited: Environment,
  passed: readonly string[],
  changes: Readonly<Record<string, string | null>> = {},
): Record<string, string> => {
  const withheld = new Set(withheldVariables(inherited, passed));
  const kept = Object.entries(inherited).filter(([name]) => !withheld.has(name));
  return Object.fromEntries(
    Object.entries({ ...Object.fromEntries(kept), ...changes }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && !isOurs(entry[0]),
    ),
  );
};

/** The names of the variables that agents do not get though they are set. */
export const withheldVariables = (inherited: Environment, passed: readonly string[]): readonly string[] =>
  Object.entries(inherited)
    .filter(([name, value]) => value !== undefined && !isOurs(name) && looksSecret(name, value))
    .map(([name]) => name)
    .filter((name) => !isAmong(name, passed) && !isAmong(name, meantForAgents))
    .sort();

/** The values that must not be quoted: those of all variables that look like secrets, handed on or not. */
export const secretValues = (environment: Readonly<Record<string, string | null | undefined>>): readonly string[] =>
  Object.entries(environment)
    .filter(([name, value]) => typeof value === 'string' && value.length >= 8 && hasSecretName(name))
    .map(([, value]) => value ?? '');

/** THROUGHLINE_… is between us and the person: where the data is, whose child a process is. */
const isOurs = (name: string): boolean => name.startsWith('THROUGHLINE_');

const looksSecret = (name: string, value: string): boolean => hasSecretName(name) || redactSecrets(value) !== value;

const hasSecretName = (name: string): boolean =>
  /(?:^|_)(?:(?:API|ACCESS|AUTH|PRIVATE|SECRET|SIGNING|ENCRYPTION)?(?:TOKEN|KEY)S?|SECRETS?|\w*PASS(?:WORD|WD|PHRASE)|CREDENTIALS?|PAT|COOKIE)(?:_|$)/i.test(
    name,
  );

const isAmong = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));

/** Keys of models and settings of agents, by the names that agents read; and proxies, whose address may hold a password. */
const meantForAgents: readonly string[] = [
  ...['ANTHROPIC_*', 'CLAUDE_*', 'OPENAI_*', 'CODEX_*', 'GEMINI_*', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_*'],
  ...['GOOGLE_APPLICATION_CREDENTIALS', 'OPENCODE_*', 'OPENROUTER_*', 'AZURE_OPENAI_*', 'AZURE_API_KEY'],
  ...[
    'AWS_BEARER_TOKEN_BEDROCK',
    'MISTRAL_*',
    'GROQ_*',
    'DEEPSEEK_*',
    'XAI_*',
    'COHERE_*',
    'TOGETHER_*',
    'FIREWORKS_*',
  ],
  ...['CEREBRAS_*', 'PERPLEXITY_*', 'MOONSHOT_*', 'ZAI_*', 'ZHIPU_*', 'DASHSCOPE_*', 'MINIMAX_*', 'HF_TOKEN'],
  ...['OLLAMA_*', 'CURSOR_API_KEY', 'COPILOT_*'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'FTP_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'ftp_proxy'],
];
