/** The agent of `steady.sh` and what it says. */
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('steady.sh', import.meta.url));

/** The agent's command, for a session that has it say something every so many seconds, and write to a file as well. */
export const steadyAgent = (pauseSeconds: number, file?: string): string =>
  `acp:bash ${script} ${pauseSeconds}${file === undefined ? '' : ` ${file}`}`;

/** When it made what an event tells, in milliseconds since 1970; null for what does not say so. Its plans do. */
export const madeAtOf = (event: { readonly type: string; readonly payload: unknown }): number | null => {
  if (event.type !== 'plan') return null;
  const found = /plan \d+ at (\d+\.\d+)/.exec(JSON.stringify(event.payload));
  return found === null ? null : Number(found[1]) * 1_000;
};
