/** Whether an agent asks before it acts, and in which mode it does. */
import type { KnownAgent } from './known-agent.ts';

/** Whether it asks in this mode; null when that is not known. */
export const asks = (agent: KnownAgent | null, mode: string | null): boolean | null => {
  if (agent === null) return null;
  switch (agent.asksIn) {
    case 'as_configured':
      return null;
    case 'always':
      return true;
    case 'never':
      return false;
    default:
      return mode === null ? null : agent.asksIn.includes(mode);
  }
};

/** The best of the offered modes in which it asks; null when none is needed, or known. */
export const modeThatAsks = (agent: KnownAgent | null, offered: readonly string[]): string | null =>
  modesThatAsk(agent).find((mode) => offered.includes(mode)) ?? null;

/** Whether it can be made to ask; null when that is not known. */
export const canAsk = (agent: KnownAgent | null): boolean | null =>
  modesThatAsk(agent).length > 0 ? true : asks(agent, null);

const modesThatAsk = (agent: KnownAgent | null): readonly string[] =>
  agent === null || typeof agent.asksIn === 'string' ? [] : agent.asksIn;
