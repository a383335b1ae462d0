import type { queueRoutes } from '../../../actors/protocol/gateway/queue-routes.ts';
import type { QueueCommands, QueueQueries } from '../../work/offered/queue-commands.ts';
import type { Handlers } from './handler.ts';

const done = { ok: true } as const;

/** What the routes about prompts that wait do. */
export const queueHandlers = (queue: QueueCommands & QueueQueries): Pick<Handlers, keyof typeof queueRoutes> => ({
  queuePrompt: ({ parameters, body }) => queue.queuePrompt(parameters.id, body),
  queue: ({ parameters }) => queue.queue(parameters.id),
  changeQueued: async ({ parameters, body }) => {
    await queue.changeQueued(parameters.id, parameters.queueId, body);
    return done;
  },
  withdrawQueued: async ({ parameters }) => {
    await queue.withdrawQueued(parameters.id, parameters.queueId);
    return done;
  },
  sendQueued: ({ parameters }) => queue.sendQueued(parameters.id, parameters.queueId),
});
