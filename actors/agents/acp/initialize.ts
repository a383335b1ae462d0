/** The first word on both sides: which version is spoken, and what each can do. */
import * as z from 'zod';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import { elicitationCapability } from './elicitation.ts';
import type { JsonRpc } from './wire/json-rpc.ts';
import { parseAnswer } from './wire/parse-as.ts';

const initializeAnswer = z.looseObject({
  protocolVersion: z.number(),
  agentCapabilities: z
    .looseObject({
      loadSession: z.boolean().nullish(),
      sessionCapabilities: z.looseObject({ resume: z.unknown().optional() }).nullish(),
    })
    .nullish(),
  agentInfo: z.looseObject({ name: z.string(), version: z.string().nullish() }).nullish(),
  authMethods: z.array(z.looseObject({ id: z.string(), name: z.string().nullish() })).nullish(),
});
export type InitializeAnswer = z.infer<typeof initializeAnswer>;

/** What we can do, and are therefore told. */
const clientCapabilities = {
  fs: { readTextFile: true, writeTextFile: true },
  terminal: true,
  elicitation: elicitationCapability,
} as const;

/** Says hello; raises `agent.protocol` when the agent speaks no version that we speak. */
export const initialize = async (rpc: JsonRpc, version: string): Promise<InitializeAnswer> => {
  const answer = parseAnswer(
    initializeAnswer,
    await rpc.request('initialize', {
      protocolVersion: 1,
      clientCapabilities,
      clientInfo: { name: 'throughline', title: 'Throughline', version },
    }),
    'initialize',
  );
  if (answer.protocolVersion !== 1) {
    throw new ThroughlineError('agent.protocol', `the agent speaks version ${answer.protocolVersion} of the protocol`, {
      hint: 'Throughline speaks version 1',
    });
  }
  return answer;
};
