/**
 * What the agents and we said to each other, each line of it, for whoever looks for a fault at that border. Only made
 * where it was asked for. It holds what agents read and write, so it is for its owner alone; secrets that are known or
 * look like ones are taken out.
 */
import { chmodSync } from 'node:fs';
import { createLineSplitter } from '../../actors/agents/acp/wire/line-splitter.ts';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { redactSecrets } from '../../actors/protocol/facts/redact.ts';
import type { ReachedMcpServer } from '../../actors/protocol/threads/session-messages.ts';
import { secretValues } from '../agents/agent-environment.ts';
import type { AgentLaunch } from '../agents/find-agent.ts';
import { type Log, openLogFile } from '../data/log.ts';

/** The size at which the file is set aside as `.1`, in place of the one before. */
const maxFileBytes = 64 * 1024 * 1024;
/** Of a longer line its beginning is kept, and how long it was. */
const maxLineBytes = 1024 * 1024;

/** One session's part of it. Nothing of it raises. */
export type SessionWire = {
  readonly toAgent: (text: string) => void;
  readonly fromAgent: (bytes: Uint8Array) => void;
  /** The agent is gone: what it said last may have no end. */
  readonly ended: () => void;
};

export type DebugWire = {
  readonly session: (id: SessionId, launch: AgentLaunch, servers: readonly ReachedMcpServer[]) => SessionWire;
  readonly close: () => void;
};

/** Opens the file, and makes it its owner's alone. Raises `input.invalid` when that cannot be done. */
export const openDebugWire = (
  path: string,
  {
    secrets,
    log,
    maxBytes = maxFileBytes,
  }: { readonly secrets: readonly string[]; readonly log: Log; readonly maxBytes?: number },
): DebugWire => {
  const file = openFile(path, maxBytes);
  let isBroken = false;

  const write = (line: object): void => {
    if (isBroken) return;
    try {
      file.append(`${JSON.stringify(line)}\n`);
    } catch (thrown) {
      isBroken = true;
      log.warn('what is said to agents is no longer written down', { path, error: asThroughlineError(thrown) });
    }
  };

  return {
    session: (session, launch, servers) => {
      const known = spellings([...secrets, ...secretValues(launch.environment), ...servers.flatMap(valuesOf)]);
      const say = (direction: 'to agent' | 'from agent') => {
        const splitter = createLineSplitter(maxLineBytes);
        const told = (line: ReturnType<typeof splitter.finish>): void => {
          if (line === null) return;
          const at = new Date().toISOString();
          const text = redactSecrets(line.kind === 'line' ? line.text : line.head, known);
          write({ at, session, direction, line: text, ...(line.kind === 'line' ? {} : { bytes: line.bytes }) });
        };
        return {
          push: (bytes: Uint8Array): void => splitter.push(bytes).forEach(told),
          finish: (): void => told(splitter.finish()),
        };
      };
      const to = say('to agent');
      const from = say('from agent');
      return {
        toAgent: (text) => to.push(Buffer.from(text)),
        fromAgent: from.push,
        ended: () => {
          to.finish();
          from.finish();
        },
      };
    },
    close: file.close,
  };
};

const openFile = (path: string, maxBytes: number): ReturnType<typeof openLogFile> => {
  try {
    const file = openLogFile(path, maxBytes);
    // One that was there may be open to others.
    chmodSync(path, 0o600);
    return file;
  } catch (cause) {
    const why = asThroughlineError(cause).message;
    throw new ThroughlineError('input.invalid', `${path}, for what agents say, cannot be written: ${why}`, { cause });
  }
};

/** What a server is given in headers and variables, whatever it is called, and the words of it: `Bearer WORD`. */
const valuesOf = (server: ReachedMcpServer): readonly string[] =>
  (server.type === 'stdio' ? server.env : server.headers).flatMap(({ value }) => [value, ...value.split(/\s+/u)]);

/** Secrets as they are, and as they stand in JSON; the longest first, as one may be a part of another. */
const spellings = (secrets: readonly string[]): readonly string[] =>
  [
    ...new Set(
      secrets.filter(({ length }) => length >= 8).flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]),
    ),
  ].sort((left, right) => right.length - left.length);
