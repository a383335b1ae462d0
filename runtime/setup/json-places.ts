/**
 * JSON with the place of each thing in it, so that a mistake can be told by line and column. `JSON.parse` says where it
 * stumbled in some versions and for some mistakes only, and takes a key that stands twice.
 */

/** Where a value stands, and the key that names it (the value itself in a list): places in the text, from 0. */
export type JsonPlace = { readonly key: number; readonly value: number };

export type PlacedJson =
  | {
      readonly kind: 'read';
      readonly value: unknown;
      /** Where the value at a path is, or the nearest above it that is there. */
      readonly placeOf: (path: readonly PropertyKey[]) => JsonPlace;
    }
  | { readonly kind: 'broken'; readonly at: number; readonly what: string };

const deepest = 32;

/**
 * Reads a text as JSON.
 * @example
 * readJson('{"a": [1]}').kind // => 'read'
 * readJson('{"a": 1, "a": 2}') // => { kind: 'broken', at: 9, what: '"a" is there twice' }
 */
export const readJson = (text: string): PlacedJson => {
  const places = new Map<string, JsonPlace>();
  let at = 0;

  const taken = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const skip = (): void => void taken(/[ \t\r\n]*/y);
  const broken = (what: string, where = at): never => {
    throw new Broken(where, what);
  };
  const found = (): string => (at < text.length ? `not ${JSON.stringify(text[at])}` : 'and the file ends here');

  const quoted = (): string => {
    const from = at;
    const literal = taken(/"[^"\\]*(?:\\.[^"\\]*)*"/sy);
    if (literal === null) return broken('a text in double quotes is not ended', from);
    try {
      return String(JSON.parse(literal));
    } catch {
      return broken('a text has an escape or a line end that no text may have', from);
    }
  };

  const list = (path: readonly PropertyKey[]): unknown[] => {
    const items: unknown[] = [];
    for (at += 1, skip(); text[at] !== ']'; skip()) {
      if (items.length > 0) {
        if (text[at] !== ',') broken(`"," or "]" comes here, ${found()}`);
        at += 1;
        skip();
      }
      items.push(value([...path, items.length], at));
    }
    at += 1;
    return items;
  };

  const object = (path: readonly PropertyKey[]): object => {
    const fields = new Map<string, unknown>();
    for (at += 1, skip(); text[at] !== '}'; skip()) {
      if (fields.size > 0) {
        if (text[at] !== ',') broken(`"," or "}" comes here, ${found()}`);
        at += 1;
        skip();
      }
      const key = at;
      if (text[at] !== '"') broken(`a key in double quotes comes here, ${found()}`);
      const name = quoted();
      if (fields.has(name)) broken(`${JSON.stringify(name)} is there twice`, key);
      skip();
      if (text[at] !== ':') broken(`":" comes here, ${found()}`);
      at += 1;
      skip();
      fields.set(name, value([...path, name], key));
    }
    at += 1;
    // Not by assignment: `__proto__` is a key as any other here.
    return Object.fromEntries(fields);
  };

  const value = (path: readonly PropertyKey[], key: number): unknown => {
    if (path.length > deepest) broken('it is nested too deeply');
    places.set(nameOf(path), { key, value: at });
    if (text[at] === '{') return object(path);
    if (text[at] === '[') return list(path);
    if (text[at] === '"') return quoted();
    const word = taken(/(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y);
    return word === null ? broken(`a value comes here, ${found()}`) : JSON.parse(word);
  };

  try {
    skip();
    const whole = value([], at);
    skip();
    if (at < text.length) broken(`nothing comes after the end, ${found()}`);
    return { kind: 'read', value: whole, placeOf: (path) => nearestPlace(places, path) };
  } catch (thrown) {
    if (thrown instanceof Broken) return { kind: 'broken', at: thrown.at, what: thrown.message };
    throw thrown;
  }
};

class Broken extends Error {
  readonly at: number;
  constructor(at: number, what: string) {
    super(what);
    this.at = at;
  }
}

const nameOf = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String));

const nearestPlace = (places: ReadonlyMap<string, JsonPlace>, path: readonly PropertyKey[]): JsonPlace =>
  places.get(nameOf(path)) ?? (path.length === 0 ? { key: 0, value: 0 } : nearestPlace(places, path.slice(0, -1)));

/** Line and column of a place in a text, both from 1. */
export const lineAndColumn = (text: string, at: number): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};
