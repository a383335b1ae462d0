/** Reading what is optional in the protocol: what does not fit costs itself, never what stands beside it. */
type Schema<Value> = {
  readonly safeParse: (
    value: unknown,
  ) => { readonly success: true; readonly data: Value } | { readonly success: false };
};

/** What of a list fits, at most `limit` of it, and the first few of what does not. No list reads as an empty one. */
export const readEach = <Value>(
  schema: Schema<Value>,
  list: unknown,
  limit: number,
): { readonly values: readonly Value[]; readonly odd: readonly unknown[] } => {
  if (!Array.isArray(list)) return { values: [], odd: list === undefined || list === null ? [] : [list] };
  const values: Value[] = [];
  const odd: unknown[] = [];
  for (const each of list.slice(0, limit)) {
    const parsed = schema.safeParse(each);
    if (parsed.success) values.push(parsed.data);
    else if (odd.length < maxOddKept) odd.push(each);
  }
  return { values, odd };
};

const maxOddKept = 5;

/** A number that JSON and the log can hold; undefined for anything else. */
export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The fields of an object; none of anything else. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** A text cut to so many characters; undefined for anything else, and for an empty one. */
export const textIn = (value: unknown, maxCharacters: number): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, maxCharacters) : undefined;
