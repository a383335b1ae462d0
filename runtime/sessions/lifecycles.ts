import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';

/**
 * The commands that change a session's life (starting, prompt, resume, interrupt, remove). Two of them never overlap on
 * one session (mutual exclusion): the second is refused, with the first's name.
 */
export const createLifecycles = () => {
  const busy = new Map<SessionId, string>();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  return {
    /** Carries out a command. Raises `session.busy`, `runtime.stopping`, and what the command raises. */
    begin: async <Value>(id: SessionId, name: string, body: () => Promise<Value>): Promise<Value> => {
      if (closed) throw new ThroughlineError('runtime.stopping', 'the runtime is stopping');
      const other = busy.get(id);
      if (other !== undefined) {
        throw new ThroughlineError('session.busy', `the session is busy: ${other} is in progress`, {
          hint: 'wait a moment and try again',
        });
      }
      busy.set(id, name);
      const performed = body();
      underWay.add(performed);
      try {
        return await performed;
      } finally {
        busy.delete(id);
        underWay.delete(performed);
      }
    },
    /** Takes no further command, and resolves when those under way have ended, well or not. */
    close: async (): Promise<void> => {
      closed = true;
      await Promise.allSettled(underWay);
    },
  };
};

export type Lifecycles = ReturnType<typeof createLifecycles>;
