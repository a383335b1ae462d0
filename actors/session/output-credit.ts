/** Above this many events on their way, the agent's output is read more slowly; from half of it on, freely again. */
const maxPendingEvents = 100;

/**
 * Backpressure by credit (flow control): gives an agent's process credit for the output that was taken in, and keeps it
 * back while the writer is behind.
 */
export const createOutputCredit = (options: {
  readonly pending: () => number;
  readonly give: (bytes: number) => void;
}) => {
  let owed = 0;
  let withheld = false;

  const settle = (): void => {
    const pending = options.pending();
    withheld = withheld ? pending > maxPendingEvents / 2 : pending > maxPendingEvents;
    if (withheld || owed === 0) return;
    const bytes = owed;
    owed = 0;
    options.give(bytes);
  };

  return {
    /** So many bytes were taken in. */
    owe: (bytes: number): void => {
      owed += bytes;
      settle();
    },
    /** Events have become durable. */
    settle,
  };
};
