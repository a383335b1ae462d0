import { suite as uvuSuite } from 'uvu';

/** Time for the summary, and for what `after` ends. */
const endsAfterMs = 30_000;

/**
 * A uvu suite whose tests have a time limit, which uvu itself lacks: a test that waits for something that never comes
 * fails with its name instead of hanging the run.
 */
export const suite = (name: string, options: { timeLimitMs?: number } = {}) => {
  const inner = uvuSuite(name);
  const timeLimitMs = options.timeLimitMs ?? 240_000;
  let hasWaitedInVain = false;
  // What such a test has started may never end, and would keep this process until the runner stops it.
  inner.after(() => {
    if (hasWaitedInVain) setTimeout(() => process.exit(1), endsAfterMs).unref();
  });
  const test = (sentence: string, body: () => void | Promise<void>): void => {
    inner(sentence, async () => {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          hasWaitedInVain = true;
          reject(new Error(`"${sentence}" took longer than ${timeLimitMs} ms`));
        }, timeLimitMs);
      });
      try {
        await Promise.race([Promise.resolve().then(body), limit]);
      } finally {
        clearTimeout(timer);
      }
    });
  };
  /** A test that cannot run here: it is counted as skipped, and says why. */
  test.skip = (sentence: string, why: string): void => {
    console.log(`\n· skipped, ${why}: ${sentence}`);
    inner.skip(sentence);
  };
  /** A test that needs something: `lack` says what is missing here, null that nothing is. */
  test.unless = (lack: string | null, sentence: string, body: () => void | Promise<void>): void => {
    if (lack === null) test(sentence, body);
    else test.skip(sentence, lack);
  };
  test.before = inner.before;
  test.after = inner.after;
  test.run = inner.run;
  return test;
};
