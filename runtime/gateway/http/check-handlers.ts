import type { checkRoutes } from '../../../actors/protocol/gateway/check-routes.ts';
import type { CheckCommands, CheckQueries } from '../../work/offered/check-commands.ts';
import type { Handlers } from './handler.ts';

const done = { ok: true } as const;

/** What the routes about setups and checks do. */
export const checkHandlers = (checks: CheckCommands & CheckQueries): Pick<Handlers, keyof typeof checkRoutes> => ({
  checks: ({ parameters }) => checks.checks(parameters.id),
  runChecks: ({ parameters, body }) => checks.runChecks(parameters.id, body.names),
  cancelCheck: async ({ parameters }) => {
    await checks.cancelCheck(parameters.id, parameters.commandId);
    return done;
  },
  sendCheck: ({ parameters }) => checks.sendCheck(parameters.id, parameters.commandId),
  repositorySetup: ({ query }) => checks.repositorySetup(query.path, query.base),
  agreeToSetup: async ({ body }) => {
    await checks.agreeToSetup(body);
    return done;
  },
});
