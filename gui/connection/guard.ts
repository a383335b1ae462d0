/**
 * Guards for what comes over a socket. The contract's schemas would weigh more than the rest of the window; these are
 * held against its types by the compiler, so that a field can be neither forgotten nor taken for another.
 */
export type Guard<Value> = (value: unknown) => value is Value;

type Parts<Value> = { readonly [Key in keyof Value]-?: Guard<Value[Key]> };

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';
export const isTruth = (value: unknown): value is boolean => typeof value === 'boolean';
/** An id as the runtime wrote it, which is taken as it is: the contract asks no more of it. */
export const isWrittenId = <Id extends string>(value: unknown): value is Id => isText(value);
/** Whatever it is, it is there. */
export const isAnything = (value: unknown): value is unknown => value !== undefined;

export const isOneOf =
  <const Value>(...allowed: readonly Value[]): Guard<Value> =>
  (value): value is Value =>
    (allowed as readonly unknown[]).includes(value);

export const isNullOr =
  <Value>(isValue: Guard<Value>): Guard<Value | null> =>
  (value): value is Value | null =>
    value === null || isValue(value);

export const isListOf =
  <Value>(isValue: Guard<Value>): Guard<Value[]> =>
  (value): value is Value[] =>
    Array.isArray(value) && value.every(isValue);

/** An object whose values are all of one kind. */
export const isRecordOf =
  <Value>(isValue: Guard<Value>): Guard<Record<string, Value>> =>
  (value): value is Record<string, Value> =>
    typeof value === 'object' && value !== null && Object.values(value).every(isValue);

/** An object with these parts; what it has beyond them is left alone. */
export const isShape = <Value extends object>(parts: Parts<Value>): Guard<Value> => {
  const guards = Object.entries<Guard<unknown>>(parts);
  return (value): value is Value => {
    if (typeof value !== 'object' || value === null) return false;
    // No closure for each: the first snapshot may have ten thousand rows.
    for (const [key, isPart] of guards) if (!isPart(Reflect.get(value, key))) return false;
    return true;
  };
};

export const isEither =
  <Guards extends readonly Guard<unknown>[]>(...guards: Guards): Guard<Guarded<Guards[number]>> =>
  (value): value is Guarded<Guards[number]> =>
    guards.some((isValue) => isValue(value));

type Guarded<AnyGuard> = AnyGuard extends Guard<infer Value> ? Value : never;
