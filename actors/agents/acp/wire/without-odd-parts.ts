/**
 * Lenient where the protocol is optional: what an agent worded in another way costs the smallest part of its answer that
 * can be done without, be it a field, an entry of a list or the whole option, and never the answer. What is needed stays
 * an error.
 */
type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };
export type Schema<Value> = {
  readonly safeParse: (
    value: unknown,
  ) => { success: true; data: Value } | { success: false; error: Error & { readonly issues: readonly Issue[] } };
};

/** A part that was left out: where it stood, and what was not as the protocol says. */
export type OddPart = { readonly path: string; readonly why: string };

export type LenientlyParsed<Value> =
  | { readonly kind: 'parsed'; readonly value: Value; readonly odd: readonly OddPart[] }
  | { readonly kind: 'refused'; readonly path: string; readonly why: string; readonly cause: Error };

/** Answers are not nested as deeply as this. */
const maxRounds = 12;

/**
 * Parses a value without the parts that are odd and optional.
 */
export const parseLeniently = <Value>(schema: Schema<Value>, value: unknown): LenientlyParsed<Value> => {
  const odd = new Map<string, string>();
  let rest = value;
  for (let round = 0; ; round += 1) {
    const parsed = schema.safeParse(rest);
    if (parsed.success)
      return { kind: 'parsed', value: parsed.data, odd: [...odd].map(([path, why]) => ({ path, why })) };
    // What is still odd without the field itself is needed by what holds it, so that goes, too.
    const parts = parsed.error.issues.map(({ path }) => path.slice(0, Math.max(0, path.length - round)));
    for (const { path, message } of parsed.error.issues) if (!odd.has(pathText(path))) odd.set(pathText(path), message);
    const needed = parts.findIndex((part) => part.length === 0);
    if (needed !== -1 || round === maxRounds) {
      const path = pathText(parsed.error.issues[Math.max(0, needed)]?.path ?? []);
      return { kind: 'refused', path, why: odd.get(path) ?? parsed.error.message, cause: parsed.error };
    }
    rest = without(rest, parts);
  }
};

/** The value without what stands at these paths, none of which is empty; what it came from stays as it was. */
const without = (value: unknown, paths: readonly (readonly PropertyKey[])[]): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const deeperByName = new Map<string, (readonly PropertyKey[])[]>();
  for (const [name, ...deeper] of paths) {
    const key = String(name);
    const others = deeperByName.get(key);
    if (others === undefined) deeperByName.set(key, [deeper]);
    else others.push(deeper);
  }
  const kept = Object.entries(value).flatMap(([name, entry]): readonly (readonly [string, unknown])[] => {
    const deeper = deeperByName.get(name);
    if (deeper === undefined) return [[name, entry]];
    return deeper.some((path) => path.length === 0) ? [] : [[name, without(entry, deeper)]];
  });
  return Array.isArray(value) ? kept.map(([, entry]) => entry) : Object.fromEntries(kept);
};

const pathText = (path: readonly PropertyKey[]): string => path.map(String).join('.');
