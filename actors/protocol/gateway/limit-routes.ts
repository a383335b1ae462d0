/** Runs that wait for a limit, or as a person holds them: paused, and gone on with. */
import * as z from 'zod';
import { done, type Route, sessionPath } from './route.ts';

/** In milliseconds UTC, to the end of the year 9999. A time that is past is now. */
const time = z.number().int().min(0).max(253_402_300_799_999);

export const limitRoutes = {
  pause: {
    method: 'POST',
    path: '/api/sessions/{id}/pause',
    summary:
      'Holds the run under way, until a time or until somebody has it go on; what waits already waits until then',
    parameters: sessionPath,
    body: z.strictObject({ until: time.optional() }),
    answer: done,
  },
  continue: {
    method: 'POST',
    path: '/api/sessions/{id}/continue',
    summary: 'Has a paused run go on in its conversation, now or at a time',
    parameters: sessionPath,
    body: z.strictObject({ at: time.optional() }),
    answer: done,
  },
} as const satisfies Record<string, Route>;
