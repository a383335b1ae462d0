/** What an agent says of itself and of what it can; and, where it is wanted, whether it is logged in. */
import type { AuthMethod, InitializeAnswer } from '../../actors/agents/acp/initialize.ts';
import { fieldsOf } from '../../actors/agents/acp/lenient.ts';
import { asThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { AgentLaunch } from '../agents/find-agent.ts';
import { type AskOptions, askAgent } from './ask-agent.ts';
import { terminalLogin } from './terminal-login.ts';

export type AgentReport = {
  readonly agent: string | null;
  readonly version: string | null;
  readonly protocol: number;
  /** What it can, by the words of the protocol. */
  readonly can: Readonly<Record<(typeof capabilities)[number], boolean>>;
  readonly logins: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly description: string | null;
    readonly inTerminal: boolean;
  }[];
  /** Whether a conversation could be begun; null where that was not tried. */
  readonly login: null | { readonly state: 'logged in' | 'not logged in' | 'failed'; readonly why: string | null };
};

const capabilities = [
  ...(['load', 'resume', 'list', 'fork', 'close', 'delete', 'additionalDirectories', 'logout'] as const),
  ...(['images', 'audio', 'embeddedContext', 'mcpHttp', 'mcpSse'] as const),
] as const;

/** Asks the agent itself; `check` has it begin a conversation, which costs nothing. Raises what `askAgent` raises. */
export const examineAgent = async (options: AskOptions, check: boolean): Promise<AgentReport> => {
  const agent = await askAgent(options);
  try {
    const { initialized } = agent;
    return {
      agent: initialized.agentInfo?.name ?? null,
      version: initialized.agentInfo?.version ?? null,
      protocol: initialized.protocolVersion,
      can: capabilitiesOf(initialized),
      logins: (initialized.authMethods ?? []).slice(0, maxLogins).map((method) => loginOf(method, options.launch)),
      login: check ? await loginState(agent.open(null)) : null,
    };
  } finally {
    await agent.end();
  }
};

const maxLogins = 20;

const loginState = async (opening: Promise<unknown>): Promise<NonNullable<AgentReport['login']>> => {
  try {
    await opening;
    return { state: 'logged in', why: null };
  } catch (thrown) {
    const { code, message } = asThroughlineError(thrown);
    return { state: code === 'agent.not_logged_in' ? 'not logged in' : 'failed', why: message };
  }
};

const loginOf = (method: AuthMethod, launch: AgentLaunch): AgentReport['logins'][number] => ({
  id: method.id,
  name: method.name ?? null,
  description: method.description ?? null,
  inTerminal: terminalLogin(method, launch) !== null,
});

const capabilitiesOf = ({ agentCapabilities: told }: InitializeAnswer): AgentReport['can'] => {
  const sessions = fieldsOf(told?.sessionCapabilities);
  const prompts = fieldsOf(told?.promptCapabilities);
  const servers = fieldsOf(told?.mcpCapabilities);
  return {
    load: told?.loadSession === true,
    resume: has(sessions.resume),
    list: has(sessions.list),
    fork: has(sessions.fork),
    close: has(sessions.close),
    delete: has(sessions.delete),
    additionalDirectories: has(sessions.additionalDirectories),
    logout: has(told?.auth?.logout),
    images: has(prompts.image),
    audio: has(prompts.audio),
    embeddedContext: has(prompts.embeddedContext),
    mcpHttp: has(servers.http),
    mcpSse: has(servers.sse),
  };
};

/** A capability is an object, or true: agents differ. */
const has = (capability: unknown): boolean => capability !== undefined && capability !== null && capability !== false;
