import { createBoundedEvents } from '../model/inspection/bounded-events.ts';
import type { LiveMachineEvent, LiveMachineEvents } from '../protocol/gateway/live-machine.ts';

/** As many as a message brings: with the pause between two that bounds what watching costs, however fast a session is. */
const mostAtOnce = 300;

/**
 * The way of a session's inspection events out of its thread: one message at a time, the next when that was taken. What
 * comes meanwhile waits, bounded, and goes together.
 */
export const createInspectionOutlet = (send: (message: LiveMachineEvents) => void) => {
  const waiting = createBoundedEvents(mostAtOnce);
  let underWay = false;

  const flush = (): void => {
    const message = underWay ? null : waiting.take();
    if (message === null) return;
    underWay = true;
    send(message);
  };

  return {
    push: (event: LiveMachineEvent): void => {
      waiting.push([event]);
      flush();
    },
    /** The last message was taken. */
    taken: (): void => {
      underWay = false;
      flush();
    },
  };
};
