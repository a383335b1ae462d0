import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { AgentDescription } from '../../../actors/protocol/gateway/api.ts';
import type { AgentLaunch } from '../../agents/find-agent.ts';
import type { Invocation } from '../invocation/invocation.ts';

type Surroundings = Pick<Invocation, 'directory' | 'environment'>;

/** The agents that can be used here, and those that could be installed. */
export const knownAgents = async ({ directory, environment }: Surroundings): Promise<readonly AgentDescription[]> => {
  const { describeAgents } = await import('../../agents/find-agent.ts');
  const { readConfiguration } = await import('../../data/configuration.ts');
  return describeAgents({ configuration: readConfiguration(directory), dataDirectory: directory, environment });
};

/** Whether an agent is known to act without asking, whatever it is told. */
export const cannotAsk = async (surroundings: Surroundings, name: string): Promise<boolean> => {
  const { asksWhenCalled } = await import('../../agents/find-agent.ts');
  if (name.startsWith('acp:')) return asksWhenCalled(name.slice('acp:'.length)) === false;
  return (await knownAgents(surroundings)).some((agent) => agent.name === name && agent.asks === false);
};

/** How the agent of this name is started. Raises `agent.unknown`, `agent.not_installed` and what `findAgent` raises. */
export const launchOf = async ({ directory, environment }: Surroundings, name: string): Promise<AgentLaunch> => {
  const { findAgent } = await import('../../agents/find-agent.ts');
  const { readConfiguration } = await import('../../data/configuration.ts');
  const { openDataDirectory } = await import('../../data/data-directory.ts');
  const dataDirectory = openDataDirectory(directory.root);
  return findAgent(name, { configuration: readConfiguration(directory), dataDirectory, environment });
};

/** Variables that are set here and that agents are not given, because they look like secrets. */
export const withheldHere = async ({ directory, environment }: Surroundings): Promise<readonly string[]> => {
  const { withheldVariables } = await import('../../agents/agent-environment.ts');
  const { readConfiguration } = await import('../../data/configuration.ts');
  return withheldVariables(environment, readConfiguration(directory).passEnvironment);
};

/**
 * The agent for a `run` that names none: the first real one that is installed.
 * Raises `agent.not_installed`: the rehearsal agent is never taken for real work unasked.
 */
export const chooseAgent = async (surroundings: Surroundings): Promise<string> => {
  const agents = await knownAgents(surroundings);
  const usable = agents.find(({ installed, source }) => installed && source !== 'built-in');
  if (usable !== undefined) return usable.name;
  throw new ThroughlineError('agent.not_installed', 'no coding agent is installed here', {
    hint: '`throughline agents` says how to get one; --agent rehearsal shows how it works without',
  });
};
