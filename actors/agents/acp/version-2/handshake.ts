/** How version 2 of the protocol says hello, and opens a conversation, in the words of version 1. */
import * as z from 'zod';

const offered = z.unknown().optional();

const initialized = z.looseObject({
  protocolVersion: z.literal(2),
  info: z.looseObject({ name: z.string(), version: z.string().nullish() }).nullish().catch(null),
  capabilities: z
    .looseObject({
      session: z
        .looseObject({
          prompt: z.looseObject({ image: offered, audio: offered, embeddedContext: offered }).nullish().catch(null),
          mcp: z.looseObject({ http: offered }).nullish().catch(null),
          delete: offered,
          additionalDirectories: offered,
        })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
  authMethods: z.array(z.unknown()).nullish().catch(null),
});

/** Whether an agent's answer to `initialize` is one of version 2. */
export const isVersion2 = (answer: unknown): boolean => initialized.safeParse(answer).success;

/**
 * The answer as version 1 would have it. What every agent of version 2 can do is offered here: take up, list and close
 * conversations. There is no loading: a conversation is taken up without being told again.
 */
export const initializedAsVersion1 = (answer: unknown): unknown => {
  const parsed = initialized.safeParse(answer);
  if (!parsed.success) return answer;
  const { info, capabilities, authMethods } = parsed.data;
  const session = capabilities?.session;
  const has = (capability: unknown): boolean => capability !== undefined && capability !== null;
  const { prompt, mcp, ...more } = session ?? {};
  return {
    protocolVersion: 2,
    ...(info === null || info === undefined ? {} : { agentInfo: info }),
    agentCapabilities: {
      loadSession: false,
      promptCapabilities: {
        image: has(prompt?.image),
        audio: has(prompt?.audio),
        embeddedContext: has(prompt?.embeddedContext),
      },
      mcpCapabilities: { http: has(mcp?.http), sse: false },
      sessionCapabilities: {
        resume: {},
        list: {},
        close: {},
        ...(has(more.delete) ? { delete: {} } : {}),
        ...(has(more.additionalDirectories) ? { additionalDirectories: {} } : {}),
      },
    },
    authMethods: authMethods ?? [],
  };
};

/** What version 1 asks for, with what version 2 wants in it beside. An agent reads of both what it knows. */
export const initializeAsked = (params: Readonly<Record<string, unknown>>): object => {
  const capabilities = params.clientCapabilities;
  const shared = typeof capabilities === 'object' && capabilities !== null ? (capabilities as object) : {};
  const { auth, elicitation } = shared as { readonly auth?: unknown; readonly elicitation?: unknown };
  return {
    ...params,
    protocolVersion: 2,
    info: params.clientInfo,
    capabilities: { ...(auth === undefined ? {} : { auth }), ...(elicitation === undefined ? {} : { elicitation }) },
  };
};

const option = z.looseObject({ configId: z.string() });

/** Options have another name for their id. */
export const optionsAsVersion1 = (options: unknown): unknown =>
  Array.isArray(options)
    ? options.map((each) => {
        const parsed = option.safeParse(each);
        return parsed.success ? { ...parsed.data, id: parsed.data.configId } : each;
      })
    : options;
