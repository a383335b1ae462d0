import type { landingRoutes } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { LandingCommands, LandingQueries } from '../../work/offered/landing-commands.ts';
import type { Handlers } from './handler.ts';

const done = { ok: true } as const;

/** What the routes of commits and landings do. */
export const landingHandlers = (
  landing: LandingCommands & LandingQueries,
): Pick<Handlers, keyof typeof landingRoutes> => ({
  landing: ({ parameters, query }) => landing.landing(parameters.id, query),
  commit: ({ parameters, body }) => landing.commitWork(parameters.id, body),
  land: ({ body }) => landing.land(body),
  landings: () => landing.landings(),
  arrangeLanding: async ({ parameters, body }) => {
    await landing.arrangeLanding(parameters.id, parameters.landingId, body);
    return done;
  },
  withdrawLanding: async ({ parameters }) => {
    await landing.withdrawLanding(parameters.id, parameters.landingId);
    return done;
  },
  undoLanding: ({ parameters }) => landing.undoLanding(parameters.id, parameters.landingId),
});
