/**
 * The servers of the Model Context Protocol that a session's agent is to use: those of the settings, of its repository
 * in the settings, and its own; of the same name the nearest. A repository itself names none: what stands in it must not
 * start programs.
 */
import { resolve } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { McpServer } from '../../actors/protocol/facts/events.ts';
import type { ReachedMcpServer } from '../../actors/protocol/threads/session-messages.ts';
import type { Configuration } from '../data/configuration.ts';
import { findProgram } from './find-program.ts';

export type McpSurroundings = {
  readonly configuration: Pick<Configuration, 'mcpServers' | 'repositories'>;
  readonly repository: string;
  readonly ofSession: readonly McpServer[];
  /** Where programs are found, and what `$NAME` stands for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/**
 * The servers, ready to be told: programs found, and every `$NAME` in a variable or header replaced. What it gives holds
 * secrets and is never logged. Raises `input.invalid` for a program or a variable that is not there.
 */
export const mcpServersOf = ({
  configuration,
  repository,
  ofSession,
  environment,
}: McpSurroundings): readonly ReachedMcpServer[] => {
  const ofRepository = Object.entries(configuration.repositories)
    .filter(([path]) => resolve(path) === resolve(repository))
    .flatMap(([, settings]) => settings.mcpServers);
  const nearest = new Map(
    [...configuration.mcpServers, ...ofRepository, ...ofSession].map((server) => [server.name, server]),
  );
  return [...nearest.values()].map((server) => reach(server, environment));
};

const reach = (server: McpServer, environment: McpSurroundings['environment']): ReachedMcpServer => {
  const pairs = (values: Readonly<Record<string, string>>): { name: string; value: string }[] =>
    Object.entries(values).map(([name, value]) => ({ name, value: resolved(value, server.name, environment) }));
  if (server.type !== 'stdio')
    return { type: server.type, name: server.name, url: server.url, headers: pairs(server.headers) };
  const command = findProgram(server.command, { ...environment });
  if (command === null) {
    throw new ThroughlineError(
      'input.invalid',
      `the MCP server ${server.name} needs ${server.command}, which is not there`,
      {
        hint: 'install it, or give its absolute path',
      },
    );
  }
  return { type: 'stdio', name: server.name, command, args: [...server.args], env: pairs(server.env) };
};

/** A value with what stands for it in the environment: `$NAME` or `${NAME}`; `$$` is a dollar. */
const resolved = (value: string, server: string, environment: McpSurroundings['environment']): string =>
  value.replace(/\$(?:\$|\{(\w+)\}|([A-Za-z_]\w*))/g, (_whole, braced?: string, plain?: string) => {
    const name = braced ?? plain;
    if (name === undefined) return '$';
    const found = environment[name];
    if (found !== undefined) return found;
    throw new ThroughlineError(
      'input.invalid',
      `the MCP server ${server} needs the variable ${name}, which is not set`,
      {
        hint: 'set it where the runtime is started, and start the runtime again',
      },
    );
  });
