import type { AgentDescription } from '../../../actors/protocol/gateway/api.ts';
import { knownAgents, withheldHere } from '../choose/choose-agent.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Colours } from '../invocation/terminal.ts';
import { table } from '../render/table.ts';
import { sanitiseLine } from '../text/sanitise.ts';

/** `agents`: what can be used here, and how to install the others. */
export const agents = async (invocation: Invocation): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  const known = await knownAgents(invocation);
  const withheld = await withheldHere(invocation);
  if (json) {
    await terminal.writeJson({ agents: known, withheld });
    return exitCodes.done;
  }
  await terminal.write(agentTable(known, terminal.colours));
  if (withheld.length > 0) await terminal.write(terminal.colours.dim(withheldLines(withheld)));
  return exitCodes.done;
};

const agentTable = (known: readonly AgentDescription[], colours: Colours): string => {
  const rows = known.map((agent) => [
    colours.bold(sanitiseLine(agent.name)),
    agent.installed ? colours.green('✓ installed') : colours.dim('· missing'),
    sanitiseLine(agent.title),
    askingMark(agent, colours),
    colours.dim(sanitiseLine(agent.installed ? (agent.path ?? '') : (agent.install ?? 'correct config.json'))),
  ]);
  const any = `any other that speaks the Agent Client Protocol: --agent 'acp:COMMAND ARG…'`;
  return table([...rows, colours.dim(any)]);
};

/** Whether it asks before it acts: said where that is known. */
const askingMark = ({ asks }: AgentDescription, colours: Colours): string =>
  asks === null ? '' : asks ? colours.dim('asks') : colours.yellow('! does not ask');

const withheldLines = (names: readonly string[]): string =>
  `\nnot given to agents, because they look like secrets: ${names.map(sanitiseLine).join(', ')}\n` +
  'to give one to all of them, name it in "passEnvironment" in config.json\n';
