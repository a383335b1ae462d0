import { createOneAtATime } from './one-at-a-time.ts';

/**
 * Joins equal requests, those with the same key: while one is carried out, all who come share the next, so that there are
 * never more than two of it however many ask. Nobody is answered by what was seen before he asked.
 */
export const joinEqual = <Key extends string, Value>(
  body: (key: Key) => Promise<Value>,
): ((key: Key) => Promise<Value>) => {
  const inTurn = createOneAtATime();
  /** What has not begun yet. */
  const nextByKey = new Map<Key, Promise<Value>>();
  return (key) => {
    const next = nextByKey.get(key);
    if (next !== undefined) return next;
    const result = inTurn(key, () => {
      nextByKey.delete(key);
      return body(key);
    });
    nextByKey.set(key, result);
    return result;
  };
};
