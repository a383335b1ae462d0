import { createRequire } from 'node:module';

/** Piscina, loaded when the first pool is opened: a start that needs none does not wait for it. */
export const loadPiscina = (): typeof import('piscina') => createRequire(import.meta.url)('piscina');
