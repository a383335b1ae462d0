/** What the page and the worker of colours say to each other. */
import { type Guard, isNumber, isShape, isText } from '../../connection/guard.ts';

export type ColourRequest = { readonly id: number; readonly language: string; readonly text: string };
/** `from, to, look` for each range: see `looks`. */
export type ColourAnswer = { readonly id: number; readonly ranges: Uint32Array<ArrayBuffer> };

export const isColourRequest: Guard<ColourRequest> = isShape<ColourRequest>({
  id: isNumber,
  language: isText,
  text: isText,
});

export const isColourAnswer: Guard<ColourAnswer> = isShape<ColourAnswer>({
  id: isNumber,
  ranges: (value): value is Uint32Array<ArrayBuffer> => value instanceof Uint32Array,
});
