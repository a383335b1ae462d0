declare const brand: unique symbol;

/** Makes a primitive a type of its own, so that a seq cannot be passed where a position is meant. */
export type Brand<Name extends string> = { readonly [brand]: Name };
