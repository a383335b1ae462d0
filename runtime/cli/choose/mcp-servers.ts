/** `--mcp`: a server of the Model Context Protocol in a line, or a file of them in the shape that other programs use. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type McpServer, mcpServer } from '../../../actors/protocol/facts/events.ts';
import { splitWords } from '../../agents/split-words.ts';

const texts = z.record(z.string(), z.string());
const file = z.looseObject({
  mcpServers: z.record(
    z.string(),
    z.union([
      z.looseObject({ command: z.string(), args: z.array(z.string()).default([]), env: texts.default({}) }),
      z.looseObject({ url: z.string(), type: z.enum(['http', 'sse']).default('http'), headers: texts.default({}) }),
    ]),
  ),
});

/** The servers that are given, a file looked for from `folder`. Raises `input.invalid`. */
export const mcpServersOf = async (given: readonly string[], folder: string): Promise<{ mcpServers?: McpServer[] }> => {
  const servers = (await Promise.all(given.map((server) => readServers(server, folder)))).flat();
  return servers.length === 0 ? {} : { mcpServers: servers };
};

const readServers = async (given: string, folder: string): Promise<readonly McpServer[]> => {
  const inline = /^([\w.-]+)=(.+)$/s.exec(given);
  if (inline !== null) return [parse(inlineServer(inline[1] ?? '', inline[2] ?? ''), given)];
  const path = resolve(folder, given);
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new ThroughlineError('input.invalid', `there is no file ${path} of MCP servers`, { hint, cause });
  });
  return Object.entries(parseFile(text, path)).map(([name, server]) =>
    parse(
      'command' in server
        ? { type: 'stdio', name, command: server.command, args: server.args, env: server.env }
        : { type: server.type, name, url: server.url, headers: server.headers },
      `${name} in ${path}`,
    ),
  );
};

const inlineServer = (name: string, rest: string): unknown => {
  if (/^https?:/.test(rest)) return { type: 'http', name, url: rest };
  const [command, ...args] = splitWords(rest);
  return { type: 'stdio', name, command, args };
};

const parse = (server: unknown, what: string): McpServer => {
  const parsed = mcpServer.safeParse(server);
  if (parsed.success) return parsed.data;
  const { message = '' } = parsed.error.issues[0] ?? {};
  throw new ThroughlineError('input.invalid', `--mcp ${what} is no MCP server: ${message}`, { hint });
};

const parseFile = (text: string, path: string): z.infer<typeof file>['mcpServers'] => {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below: what the parser quotes may be a secret.
  }
  const parsed = file.safeParse(value);
  if (parsed.success) return parsed.data.mcpServers;
  throw new ThroughlineError('input.invalid', `${path} has no MCP servers`, { hint });
};

const hint = 'as in --mcp "github=npx -y @modelcontextprotocol/server-github", or a file {"mcpServers": {…}}';
