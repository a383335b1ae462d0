import type { limitRoutes } from '../../../actors/protocol/gateway/limit-routes.ts';
import type { PauseCommands } from '../../work/offered/pause-commands.ts';
import type { Handlers } from './handler.ts';

const done = { ok: true } as const;

/** What the routes about runs that wait do. */
export const limitHandlers = (pauses: PauseCommands): Pick<Handlers, keyof typeof limitRoutes> => ({
  pause: async ({ parameters, body }) => {
    await pauses.pause(parameters.id, body);
    return done;
  },
  continue: async ({ parameters, body }) => {
    await pauses.continue(parameters.id, body);
    return done;
  },
});
