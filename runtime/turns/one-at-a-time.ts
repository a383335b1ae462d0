/**
 * A mutex by key: runs `body` when all earlier ones with the same key have ended, well or badly; gives back what it
 * gives.
 */
export type OneAtATime = <Value>(key: string, body: () => Promise<Value>) => Promise<Value>;

/** A queue for each key. What has different keys runs side by side. A body must not wait for another of its own key. */
export const createOneAtATime = (): OneAtATime => {
  const lastByKey = new Map<string, Promise<void>>();
  return (key, body) => {
    const before = lastByKey.get(key) ?? Promise.resolve();
    const result = before.then(body);
    const settled = result.then(
      () => {},
      () => {},
    );
    lastByKey.set(key, settled);
    // The last one out removes the key, so that the map does not grow with every repository ever seen.
    settled.then(() => {
      if (lastByKey.get(key) === settled) lastByKey.delete(key);
    });
    return result;
  };
};
