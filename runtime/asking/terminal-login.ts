/** The login that an agent does itself in the person's terminal: its own program, with other arguments. */
import { spawn } from 'node:child_process';
import type { AuthMethod } from '../../actors/agents/acp/initialize.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { AgentLaunch } from '../agents/find-agent.ts';
import { type DataDirectory, dataDirectoryIdOf } from '../data/data-directory.ts';
import { askedMarkOf } from '../processes/orphans.ts';

export type TerminalLogin = Pick<AgentLaunch, 'command' | 'arguments' | 'environment'>;

/** The program of a method of login that runs in the terminal; null for one that the agent does when it is asked to. */
export const terminalLogin = (method: AuthMethod, launch: AgentLaunch): TerminalLogin | null => {
  if (method.type === 'terminal') {
    return {
      command: launch.command,
      arguments: [...launch.arguments, ...(method.args ?? [])],
      environment: { ...launch.environment, ...method.env },
    };
  }
  const program = method._meta?.['terminal-auth'];
  if (program?.command === undefined) return null;
  return {
    command: program.command,
    arguments: program.args ?? [],
    environment: { ...launch.environment, ...program.env },
  };
};

/** Runs it in this terminal, its words where `output` leads, until it ends. Raises `agent.refused` when it does not end well. */
export const logInAtTerminal = async (
  login: TerminalLogin,
  {
    folder,
    directory,
    output,
  }: { readonly folder: string; readonly directory: DataDirectory; readonly output: 'stdout' | 'stderr' },
): Promise<void> => {
  const child = spawn(login.command, login.arguments, {
    cwd: folder,
    env: { ...login.environment, THROUGHLINE_RUN: askedMarkOf(dataDirectoryIdOf(directory)) },
    stdio: ['inherit', output === 'stdout' ? 1 : 2, 2],
  });
  // Ctrl-C reaches both: what it means is up to the program that the person is looking at.
  const leaveIt = (): void => {};
  process.on('SIGINT', leaveIt);
  try {
    const ended = await new Promise<string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)));
    });
    if (ended !== null) throw new ThroughlineError('agent.refused', `its login ended with ${ended}`);
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) throw thrown;
    throw new ThroughlineError('agent.start_failed', `its login, ${login.command}, could not be started`, {
      cause: thrown,
    });
  } finally {
    process.off('SIGINT', leaveIt);
  }
};
