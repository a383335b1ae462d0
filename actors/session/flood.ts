/** An agent that asks its model again and again without a pause, as far as it tells of its retries. */

/** So many retries in a minute are no waiting any more: agents that back off make a dozen. */
const mostRetries = 60;
const spanMs = 60_000;

export type Flood = {
  /** A retry was told at this time; gives whether that is one too many. */
  readonly retried: (at: number) => boolean;
};

export const createFlood = (): Flood => {
  const times: number[] = [];
  return {
    retried: (at) => {
      times.push(at);
      if (times.length > mostRetries) times.shift();
      const [first] = times;
      const isFlood = times.length === mostRetries && first !== undefined && at - first < spanMs;
      // After a pause it is counted anew.
      if (isFlood) times.length = 0;
      return isFlood;
    },
  };
};
