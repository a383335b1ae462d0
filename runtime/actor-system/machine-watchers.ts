import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { LiveMachineEvents } from '../../actors/protocol/gateway/live-machine.ts';

export type MachineListener = (machine: LiveMachineEvents) => void;

/**
 * Who looks at which session's machine. `setWatched` is told with every new watcher, because each begins with how the
 * machine stands, and when the last one has gone; a session that becomes live asks for itself.
 */
export const createMachineWatchers = (setWatched: (id: SessionId, watched: boolean) => void) => {
  const listenersById = new Map<SessionId, Set<MachineListener>>();
  return {
    isWatched: (id: SessionId): boolean => listenersById.has(id),
    tell: (id: SessionId, machine: LiveMachineEvents): void => {
      for (const listener of listenersById.get(id) ?? []) listener(machine);
    },
    watch: (id: SessionId, listener: MachineListener): (() => void) => {
      const own: MachineListener = (machine) => listener(machine);
      const listeners = listenersById.get(id) ?? new Set();
      listenersById.set(id, listeners.add(own));
      setWatched(id, true);
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return;
        listenersById.delete(id);
        setWatched(id, false);
      };
    },
  };
};
