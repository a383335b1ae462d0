/**
 * The form that a run of the suite takes: short by default, THROUGHLINE_FAULTS=long for the figures of
 * docs/RELIABILITY.md. THROUGHLINE_SEED repeats what was random in a run.
 */
import { randomInt } from 'node:crypto';

export const isLong = process.env.THROUGHLINE_FAULTS === 'long';

export const seed = Number(process.env.THROUGHLINE_SEED ?? randomInt(2 ** 31));
if (!Number.isInteger(seed) || seed < 0) throw new Error('THROUGHLINE_SEED is a whole number, as a run prints it');

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export const createRandom = (from: number): (() => number) => {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Says something that the runner passes on: the seed, a figure, why a test was skipped. */
export const say = (text: string): void => console.log(`\n· ${text}`);

/**
 * How far it is from one place of a sweep to the next. The long form tries every place; the short one the first `dense`,
 * and the later ones the less densely the further it gets.
 */
export const stride = (place: number, dense: number): number =>
  isLong || place < dense ? 1 : Math.ceil((1.5 * place) / dense);
