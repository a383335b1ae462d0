/** The agent that keeps its conversations (`keeping-agent.mjs`), as a test asks for it and looks into it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary.ts';

const program = fileURLToPath(new URL('./keeping-agent.mjs', import.meta.url));

export const createKeepingAgent = () => {
  const folder = temporaryFolder('keeping-agent');
  const conversations = join(folder, 'conversations');
  mkdirSync(conversations, { recursive: true });
  const heard = (): readonly string[] =>
    existsSync(join(folder, 'heard')) ? readFileSync(join(folder, 'heard'), 'utf8').trimEnd().split('\n') : [];
  return {
    /** Its name for a session, with ways of its own. */
    as: (...ways: readonly string[]): string =>
      `acp:"${process.execPath}" "${program}" "${folder}"${ways.map((way) => ` ${way}`).join('')}`,
    /** What it was asked of this method, in order. */
    heard: (method: string): readonly string[] => heard().filter((line) => line.split(' ')[0] === method),
    conversations: (): readonly string[] => readdirSync(conversations).map((name) => name.replace(/\.json$/u, '')),
    /** A conversation that was had without us. */
    keep: (id: string, kept: { readonly cwd: string; readonly title?: string; readonly texts?: readonly string[] }) => {
      const updates = (kept.texts ?? []).map((text, index) => ({
        sessionUpdate: index % 2 === 0 ? 'user_message_chunk' : 'agent_message_chunk',
        content: { type: 'text', text },
      }));
      writeFileSync(join(conversations, `${id}.json`), JSON.stringify({ ...kept, updates }));
    },
  };
};
