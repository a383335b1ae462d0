/**
 * What an agent is told: its words, and what is given with them in the way it can take: images only where it says so,
 * files with their text where it says so, and by their address elsewhere.
 */
import { pathToFileURL } from 'node:url';
import type { ContentPart } from '../../protocol/facts/content-part.ts';
import { asThroughlineError, ThroughlineError } from '../../protocol/facts/error.ts';
import type { InitializeAnswer } from './initialize.ts';
import { readTextFile, resolveInside } from './worktree-files.ts';

export type PromptBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly mimeType: string; readonly data: string }
  | { readonly type: 'resource_link'; readonly uri: string; readonly name: string }
  | { readonly type: 'resource'; readonly resource: { readonly uri: string; readonly text: string } };

/** A prompt as it is to be told: its words in order, and what was given with the last of them. */
export type Prompt = { readonly texts: readonly string[]; readonly parts: readonly ContentPart[] };

/** A file with more characters than this is only pointed at: the agent reads of it what it needs. */
const maxEmbeddedCharacters = 64 * 1024;

/**
 * The blocks of a prompt, for an agent that can so much, in the folder that it works in. Raises `agent.unsupported` for
 * an image that it cannot see, `input.invalid` for a file that is not there, and `agent.outside_worktree`.
 */
export const promptBlocks = async (
  { texts, parts }: Prompt,
  agent: InitializeAnswer | null,
  folder: string,
): Promise<readonly PromptBlock[]> => {
  const can = agent?.agentCapabilities?.promptCapabilities;
  const blocks: PromptBlock[] = texts.map((text) => ({ type: 'text', text }));
  for (const part of parts) {
    if (part.type === 'image') {
      if (can?.image !== true) throw unsupported();
      blocks.push({ type: 'image', mimeType: part.mimeType ?? '', data: part.data ?? '' });
    } else if (part.type === 'link') {
      blocks.push(await fileBlock(part.uri, part.name ?? part.uri, folder, can?.embeddedContext === true));
    }
  }
  return blocks;
};

const fileBlock = async (path: string, name: string, folder: string, canEmbed: boolean): Promise<PromptBlock> => {
  const uri = pathToFileURL(await resolveInside(folder, path)).href;
  const text = await readTextFile(folder, { path }).catch((thrown) => {
    const { code } = asThroughlineError(thrown);
    if (code === 'agent.outside_worktree') throw thrown;
    return null;
  });
  if (!canEmbed || text === null || text.length > maxEmbeddedCharacters) return { type: 'resource_link', uri, name };
  return { type: 'resource', resource: { uri, text } };
};

const unsupported = (): ThroughlineError =>
  new ThroughlineError('agent.unsupported', 'this agent takes no images', {
    hint: 'put the image into the worktree and name it in the prompt, or use another agent',
  });
