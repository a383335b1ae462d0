import type { AgentDescription } from '../../../actors/protocol/gateway/api.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { type InstalledPackage, installedPackage } from '../../agents/installed-version.ts';
import { presets } from '../../agents/presets.ts';
import { type Installable, installable, isNewer } from '../../agents/registry.ts';
import { knownAgents, launchOf, withheldHere } from '../choose/choose-agent.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { reportError } from '../invocation/report-error.ts';
import { inTemporaryFolder } from '../invocation/temporary-folder.ts';
import { type AgentLine, agentReportLines, agentTable } from '../render/agent-table.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type AgentsOptions = { readonly check?: boolean };

/**
 * `agents`: what can be used here, and how to install the others. With a name that agent itself is asked, with `check`
 * also whether it is logged in; without a name `check` asks all that are installed.
 */
export const agents = async (
  invocation: Invocation,
  name: string | undefined,
  options: AgentsOptions,
): Promise<ExitCode> => {
  if (name !== undefined) return askThese(invocation, [name], options.check === true);
  const known = await knownAgents(invocation);
  if (options.check) {
    const installed = known.filter((agent) => agent.installed).map((agent) => agent.name);
    return askThese(invocation, installed, true);
  }
  const { terminal, json } = invocation;
  const withheld = await withheldHere(invocation);
  const lines = known.map(lineOf);
  if (json) {
    const agents = lines.map(({ agent, version, update, needsNode }) => ({ ...agent, version, update, needsNode }));
    await terminal.writeJson({ agents, withheld });
    return exitCodes.done;
  }
  await terminal.write(agentTable(lines, terminal));
  if (withheld.length > 0) await terminal.write(terminal.colours.dim(withheldLines(withheld)));
  return exitCodes.done;
};

/** An agent with the release of it that is found here. */
const lineOf = (agent: AgentDescription): AgentLine => {
  const preset = agent.source === 'preset' && Object.hasOwn(presets, agent.name) ? presets[agent.name] : undefined;
  const found =
    agent.path === null || agent.source === 'built-in' ? null : installedPackage(agent.path, agent.command[0] ?? '');
  const wanted = preset === undefined ? null : installable(preset.package, process.versions.node);
  return {
    agent,
    version: found?.version ?? null,
    update: wanted !== null && isOutdated(found, wanted, preset?.package) ? `npm install -g ${wanted.specifier}` : null,
    needsNode: agent.installed ? null : (wanted?.needsNode ?? null),
  };
};

const isOutdated = (found: InstalledPackage | null, wanted: Installable, name: string | undefined): boolean =>
  found !== null && found.name === name && wanted.version !== null && isNewer(wanted.version, found.version);

/** One after the other: an agent takes hundreds of megabytes. */
const askThese = async (invocation: Invocation, names: readonly string[], check: boolean): Promise<ExitCode> => {
  const { terminal, directory, json } = invocation;
  const { examineAgent } = await import('../../asking/examine-agent.ts');
  let exitCode: ExitCode = exitCodes.done;
  for (const name of names) {
    try {
      const launch = await launchOf(invocation, name);
      const report = await inTemporaryFolder((folder) =>
        examineAgent({ launch, folder, directory, programVersion: packageJson.version }, check),
      );
      if (json) await terminal.writeJson({ name, ...report });
      else await terminal.write(agentReportLines(name, report, terminal.colours));
      if (report.login !== null && report.login.state !== 'logged in') exitCode = exitCodes.failed;
    } catch (thrown) {
      exitCode = await reportError(terminal, thrown, { json, debug: false });
    }
  }
  return exitCode;
};

const withheldLines = (names: readonly string[]): string =>
  `\nnot given to agents, because they look like secrets: ${names.map(sanitiseLine).join(', ')}\n` +
  'to give one to all of them, name it in "passEnvironment" in config.json\n';
