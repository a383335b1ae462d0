import type { AuthMethod } from '../../../actors/agents/acp/initialize.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import type { AgentLaunch } from '../../agents/find-agent.ts';
import { type AskedAgent, askAgent } from '../../asking/ask-agent.ts';
import { logInAtTerminal, terminalLogin } from '../../asking/terminal-login.ts';
import { launchOf } from '../choose/choose-agent.ts';
import { askPerson, canAsk } from '../invocation/ask-person.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { inTemporaryFolder } from '../invocation/temporary-folder.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';

export type LoginOptions = { readonly method?: string; readonly out?: boolean };

/** A page in a browser may be waited for so long. */
const maxWaitMs = 10 * 60_000;

/** `login`: logs an agent in by one of its own methods, or out. */
export const login = async (invocation: Invocation, name: string, options: LoginOptions): Promise<ExitCode> => {
  const { terminal, directory, json } = invocation;
  const launch = await launchOf(invocation, name);
  return inTemporaryFolder(async (folder) => {
    const agent = await askAgent({
      launch,
      folder,
      directory,
      programVersion: packageJson.version,
      // Addresses and codes that a person needs stand there.
      onStderr: (text) => void terminal.stderr.write(sanitise(text)),
    });
    try {
      if (options.out) return await logOut(invocation, name, agent);
      const method = await chooseMethod(invocation, launch, agent.initialized.authMethods ?? [], options.method);
      const program = terminalLogin(method, launch);
      if (program === null) {
        terminal.stderr.write(
          `Waiting for ${sanitiseLine(name)} to log in (${sanitiseLine(nameOf(method))}): a browser may open. Ctrl-C cancels.\n`,
        );
        await agent.request('authenticate', { methodId: method.id }, maxWaitMs);
      } else {
        // What logs in writes what the other reads, so that is not there meanwhile.
        await agent.end();
        await logInAtTerminal(program, { folder, directory, output: json ? 'stderr' : 'stdout' });
      }
      if (json) await terminal.writeJson({ agent: name, method: method.id, loggedIn: true });
      else await terminal.writeLine(`${terminal.colours.green('✓')} ${sanitiseLine(name)} is logged in.`);
      return exitCodes.done;
    } finally {
      await agent.end();
    }
  });
};

const logOut = async ({ terminal, json }: Invocation, name: string, agent: AskedAgent): Promise<ExitCode> => {
  const { logout } = agent.initialized.agentCapabilities?.auth ?? {};
  if (logout === undefined || logout === null || logout === false) {
    throw new ThroughlineError('agent.unsupported', `${name} offers no way to log out`, {
      hint: "see the agent's own command for that",
    });
  }
  await agent.request('logout', {});
  if (json) await terminal.writeJson({ agent: name, loggedIn: false });
  else await terminal.writeLine(`${terminal.colours.green('✓')} ${sanitiseLine(name)} is logged out.`);
  return exitCodes.done;
};

const chooseMethod = async (
  { terminal, suggest }: Invocation,
  { name }: AgentLaunch,
  methods: readonly AuthMethod[],
  wanted: string | undefined,
): Promise<AuthMethod> => {
  if (methods.length === 0) {
    throw new ThroughlineError('agent.unsupported', `${name} offers no login`, {
      hint: "it uses what its own command has set up, or a key in its environment; see the agent's documentation",
    });
  }
  const named = (id: string): AuthMethod | undefined => methods.find((method) => method.id === id);
  const hint = `its methods: ${methods.map(({ id }) => id).join(', ')}`;
  if (wanted !== undefined) {
    const method = named(wanted);
    if (method !== undefined) return method;
    throw new ThroughlineError('input.invalid', `${name} has no method of login called ${wanted}`, { hint });
  }
  const [only, ...others] = methods;
  if (only !== undefined && others.length === 0) return only;
  if (!canAsk(terminal)) {
    throw new ThroughlineError('input.invalid', `${name} can be logged in in several ways`, {
      hint: `${hint}; choose one: ${suggest('login', name, '--method', only?.id ?? 'ID')}`,
    });
  }
  for (const [index, method] of methods.entries()) {
    const description = method.description ? ` · ${method.description}` : '';
    terminal.stderr.write(`${index + 1}  ${sanitiseLine(`${nameOf(method)} (${method.id})${description}`)}\n`);
  }
  const [answer = ''] = await askPerson(terminal, ['Which? ']);
  const chosen = named(answer) ?? methods[Number(answer) - 1];
  if (chosen === undefined) throw new ThroughlineError('input.invalid', 'no method of login was chosen', { hint });
  return chosen;
};

const nameOf = (method: AuthMethod): string => method.name ?? method.id;
