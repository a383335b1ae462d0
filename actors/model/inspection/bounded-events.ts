import {
  type LiveMachineEvent,
  type LiveMachineEvents,
  maxWaitingMachineEvents,
} from '../../protocol/gateway/live-machine.ts';

/** Inspection events that wait for somebody slow: when there are too many, the oldest go and are counted. */
export const createBoundedEvents = (most: number = maxWaitingMachineEvents) => {
  let waiting: LiveMachineEvent[] = [];
  let dropped = 0;

  const cut = (): void => {
    if (waiting.length <= most) return;
    dropped += waiting.length - most;
    waiting = waiting.slice(-most);
  };

  return {
    push: (events: readonly LiveMachineEvent[], alreadyDropped = 0): void => {
      dropped += alreadyDropped;
      waiting.push(...events);
      // Cut down only now and then: to move all of them for each one that comes would cost more than they do.
      if (waiting.length > 2 * most) cut();
    },
    /** All that waits, or null when nothing does. */
    take: (): LiveMachineEvents | null => {
      if (waiting.length === 0) return null;
      cut();
      const taken = { events: waiting, dropped };
      waiting = [];
      dropped = 0;
      return taken;
    },
  };
};
