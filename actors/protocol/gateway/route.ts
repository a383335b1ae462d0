/** What a route of the contract is made of. */
import * as z from 'zod';
import { askedSessionId } from '../facts/id-schemas.ts';

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly parameters?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The largest body, where it may be larger than those of most routes. */
  readonly bodyBytes?: number;
  readonly answer: z.ZodType;
  /** The types of what is answered as bytes instead of JSON; its answer is then `{ contentType, bytes }`. */
  readonly bytes?: readonly string[];
  /** Answered without the token: for those who are about to prove who they are. */
  readonly open?: true;
};

export const sessionPath = z.object({ id: askedSessionId });

export const nothing = z.strictObject({});

/** The answer of what has nothing to tell but that it was done. */
export const done = z.object({ ok: z.literal(true) });

/** `RUN:SEQ`, for example `2:41`. */
export const historyCursor = z
  .string()
  .regex(/^\d{1,9}:\d{1,15}$/, 'a cursor is RUN:SEQ, for example 2:41')
  .transform((cursor) => {
    const [run = 0, seq = 0] = cursor.split(':').map(Number);
    return { run, seq };
  });
