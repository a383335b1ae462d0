/** The settings file of a data directory, as a runtime takes it up. */
import * as z from 'zod';
import { nothing, type Route } from './route.ts';

export const settingsRoutes = {
  takeUpSettings: {
    method: 'POST',
    path: '/api/settings/take-up',
    summary: 'Reads the settings file again and takes up what can be: which that were, and which need a restart',
    body: nothing,
    answer: z.object({ taken: z.array(z.string()), restart: z.array(z.string()) }),
  },
} as const satisfies Record<string, Route>;
