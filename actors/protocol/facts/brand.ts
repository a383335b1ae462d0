import type { $brand } from 'zod';

/**
 * Makes a primitive a type of its own, so that a seq cannot be passed where a position is meant. It is the brand that
 * zod's schemas give (`.brand<'Seq'>()`), so what a schema has checked needs no cast; nothing of it is there at run time.
 */
export type Brand<Name extends string> = $brand<Name>;
