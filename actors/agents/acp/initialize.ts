/** The first word on both sides: which version is spoken, and what each can do. */
import * as z from 'zod';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import { elicitationCapability } from './elicitation.ts';
import type { JsonRpc } from './wire/json-rpc.ts';
import { parseAnswer } from './wire/parse-as.ts';
import type { OddPart } from './wire/without-odd-parts.ts';

/** A program that the agent names for its login in the terminal, as agents did before the protocol had a word for it. */
const terminalProgram = z.looseObject({
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});

const authMethod = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  type: z.string().nullish(),
  args: z.array(z.string()).nullish(),
  env: z.record(z.string(), z.string()).nullish(),
  _meta: z.looseObject({ 'terminal-auth': terminalProgram.nullish() }).nullish(),
});
/** A way to log in that an agent offers. */
export type AuthMethod = z.infer<typeof authMethod>;

const initializeAnswer = z.looseObject({
  protocolVersion: z.union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number),
  ]),
  agentCapabilities: z
    .looseObject({
      loadSession: z.boolean().nullish(),
      promptCapabilities: z
        .looseObject({ image: z.boolean().nullish(), embeddedContext: z.boolean().nullish() })
        .nullish(),
      mcpCapabilities: z.looseObject({ http: z.boolean().nullish(), sse: z.boolean().nullish() }).nullish(),
      sessionCapabilities: z
        .looseObject({
          resume: z.unknown().optional(),
          additionalDirectories: z.unknown().optional(),
          close: z.unknown().optional(),
          fork: z.unknown().optional(),
        })
        .nullish(),
      auth: z.looseObject({ logout: z.unknown().optional() }).nullish(),
    })
    .nullish(),
  agentInfo: z.looseObject({ name: z.string(), version: z.string().nullish() }).nullish(),
  authMethods: z.array(authMethod).nullish(),
});
export type InitializeAnswer = z.infer<typeof initializeAnswer>;

/**
 * What we can do, and are therefore told. Operations on plans and the agents of an agent are not of the stable protocol
 * yet, and are told to nobody who does not announce that they are read. JetBrains' extension (codex and claude have it) tells of failures and retries in
 * fields instead of prose.
 */
export const clientCapabilities = {
  fs: { readTextFile: true, writeTextFile: true },
  terminal: true,
  auth: { terminal: true },
  elicitation: elicitationCapability,
  session: { compaction: {}, notices: {}, configOptions: { boolean: {} } },
  plan: {},
  subagents: {},
  _meta: { 'terminal-auth': true, jetbrains: { air: { version: 1, capabilities: ['sessionFailure'] } } },
} as const;

/** Says hello; raises `agent.protocol` when the agent speaks no version that we speak. */
export const initialize = async (
  rpc: JsonRpc,
  version: string,
  {
    protocol,
    onOdd,
  }: {
    /** The newest version that is offered. */
    readonly protocol: 1 | 2;
    readonly onOdd: (method: string, parts: readonly OddPart[]) => void;
  },
): Promise<InitializeAnswer> => {
  const answer = parseAnswer(
    initializeAnswer,
    await rpc.request('initialize', {
      protocolVersion: 1,
      clientCapabilities,
      clientInfo: { name: 'throughline', title: 'Throughline', version },
    }),
    'initialize',
    onOdd,
  );
  if (answer.protocolVersion < 1 || answer.protocolVersion > protocol) {
    throw new ThroughlineError('agent.protocol', `the agent speaks version ${answer.protocolVersion} of the protocol`, {
      hint: 'Throughline speaks version 1, and version 2 with the agents that are set to it',
    });
  }
  return answer;
};
