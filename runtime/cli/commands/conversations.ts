import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { HeldConversation } from '../../../actors/reader/held-conversations.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { withQueries } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { table } from '../render/table.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type ConversationsOptions = { readonly agent: string; readonly repo?: string };

/** `conversations`: what an agent keeps itself, with those that are sessions here. The agent is started for it. */
export const conversations = async (
  invocation: Invocation,
  { agent, repo }: ConversationsOptions,
): Promise<ExitCode> => {
  const { terminal, json, directory, environment, suggest, workingDirectory } = invocation;
  const { findAgent } = await import('../../agents/find-agent.ts');
  const { readConfiguration } = await import('../../data/configuration.ts');
  const { conversationsOf } = await import('../../asking/agent-conversations.ts');
  const folder = repo === undefined ? null : resolve(workingDirectory, repo);
  const launch = findAgent(agent, {
    configuration: readConfiguration(directory),
    dataDirectory: directory,
    environment,
  });
  const { conversations: found, isCut } = await conversationsOf(
    {
      launch,
      folder: folder ?? homedir(),
      directory,
      programVersion: packageJson.version,
    },
    folder,
  );
  const held = new Map((await heldBy(invocation, agent)).map((each) => [each.conversation, each]));
  const listed = found.map((each) => ({ ...each, session: held.get(each.id)?.session ?? null }));
  if (json) {
    await terminal.writeJson({ conversations: listed, isCut });
    return exitCodes.done;
  }
  const { bold, dim } = terminal.colours;
  const rows = listed.map(({ id, title, folder: where, updatedAt, session }) => [
    bold(sanitiseLine(id)),
    sanitiseLine(title ?? ''),
    dim(sanitiseLine(updatedAt ?? '')),
    dim(session === null ? sanitiseLine(where ?? '') : `the session ${sanitiseLine(held.get(id)?.name ?? session)}`),
  ]);
  await terminal.write(table(rows));
  if (rows.length === 0)
    await terminal.writeLine(`${sanitiseLine(agent)} has no conversation${folder === null ? '' : ' there'}.`);
  if (isCut) await terminal.writeLine(dim(`there are more than these ${rows.length}`));
  const other = listed.find(({ session }) => session === null);
  if (other !== undefined) {
    const words = suggest('run', 'and now …', '--agent', agent, '--conversation', sanitiseLine(other.id));
    await terminal.writeLine(dim(`Take one up: ${words}`));
  }
  return exitCodes.done;
};

/** Which of the agent's conversations are sessions here; none without a database. */
const heldBy = async (invocation: Invocation, agent: string): Promise<readonly HeldConversation[]> => {
  try {
    const held = await withQueries(invocation, (queries) => queries.heldConversations());
    return held.filter((each) => each.agent === agent);
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code === 'store.missing') return [];
    throw thrown;
  }
};
