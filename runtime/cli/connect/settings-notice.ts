/** Said before the first run in a repository: that it brings settings for agents, which somebody else may have written. */

import type { Client } from '../../client/client.ts';
import { sanitiseLine } from '../text/sanitise.ts';

/** The notice, or null: nothing of the kind is there, or sessions have worked in this repository before. */
export const settingsNotice = async (client: Client, path: string): Promise<string | null> => {
  // What is wrong with the repository is said by the start of the session.
  const found = await client.call('repository', { query: { path } }).catch(() => null);
  const settings = found?.agentSettings ?? [];
  if (found === null || settings.length === 0) return null;
  const { rows } = await client.call('dashboard', {});
  if (rows.some(({ repository }) => repository === found.root)) return null;
  return `Note: this repository brings settings for agents, which can run commands or allow things: ${settings.map(sanitiseLine).join(', ')}. Look at them if they are not yours.`;
};
