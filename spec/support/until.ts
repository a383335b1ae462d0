/**
 * Waits until `condition` gives something other than undefined, null or false, and gives that back.
 * Tests wait on conditions with this, never on a fixed sleep. The limit is for what never comes: on a machine that has
 * much else to do, a program takes half a minute to start.
 */
export const until = async <Value>(
  what: string,
  condition: () => Value | Promise<Value>,
  options: { timeLimitMs?: number; everyMs?: number } = {},
): Promise<NonNullable<Exclude<Value, false>>> => {
  const deadline = Date.now() + (options.timeLimitMs ?? 100_000);
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<Value, false>>;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 10));
  }
};
