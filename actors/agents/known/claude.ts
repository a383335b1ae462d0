import * as z from 'zod';
import { type AlsoSaid, isNamed, type KnownAgent } from './known-agent.ts';

/** Claude Code: tried with claude-agent-acp 0.49.0 and 0.101.0, which begins in a mode that asks for nothing. */
export const claude: KnownAgent = {
  name: 'claude',
  recognises: isNamed('claude-agent-acp', '@agentclientprotocol/claude-agent-acp'),
  asksIn: ['default', 'plan'],
  saysInUpdate: (update) => limitsOf(update),
};

const window = z.looseObject({
  status: z.string(),
  utilization: z.number().optional().catch(undefined),
  resetsAt: z.number().optional().catch(undefined),
});
const limited = z.looseObject({
  _meta: z.looseObject({
    '_claude/rateLimit': window.extend({ rateLimitType: z.string().optional().catch(undefined) }),
  }),
});

/** The limit of its subscription that it told of: the one that is nearest. Its times are in seconds. */
const limitsOf = (update: object): readonly AlsoSaid[] => {
  const parsed = limited.safeParse(update);
  if (!parsed.success) return [];
  const { status, rateLimitType, utilization, resetsAt } = parsed.data._meta['_claude/rateLimit'];
  return [
    {
      type: 'limit',
      payload: {
        status: status.slice(0, 100),
        ...(rateLimitType === undefined ? {} : { name: rateLimitType.slice(0, 100) }),
        ...(utilization === undefined ? {} : { utilization }),
        ...(resetsAt === undefined ? {} : { resetsAt: resetsAt * 1000 }),
      },
    },
  ];
};
