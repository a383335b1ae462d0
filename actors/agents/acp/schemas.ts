/**
 * The parts of the Agent Client Protocol (version 1, https://agentclientprotocol.com) that we read, as loose schemas:
 * agents differ, and a field we do not know must neither fail a line nor be lost from it.
 */
import * as z from 'zod';

const textContent = z.looseObject({ type: z.literal('text'), text: z.string() });
const otherContent = z.looseObject({ type: z.string() });
const content = z.union([textContent, otherContent]);

/** The text of a content block; null for an image, a link and the like, and for what is no block at all. */
export const textOf = (block: unknown): string | null => {
  const parsed = textContent.safeParse(block);
  return parsed.success ? parsed.data.text : null;
};

const toolContent = z.union([
  z.looseObject({ type: z.literal('content'), content }),
  z.looseObject({ type: z.literal('diff'), path: z.string(), oldText: z.string().nullish(), newText: z.string() }),
  z.looseObject({ type: z.literal('terminal'), terminalId: z.string() }),
  z.looseObject({ type: z.string() }),
]);

/** A tool call as `tool_call`, `tool_call_update` and `session/request_permission` describe it. */
export const toolCall = z.looseObject({
  toolCallId: z.string(),
  title: z.string().nullish(),
  kind: z.string().nullish(),
  status: z.string().nullish(),
  rawInput: z.unknown().optional(),
  rawOutput: z.unknown().optional(),
  locations: z.array(z.looseObject({ path: z.string() })).nullish(),
  content: z.array(toolContent).nullish(),
  _meta: z.unknown().optional(),
});
export type ToolCallUpdate = z.infer<typeof toolCall>;

const configOption = z.looseObject({
  id: z.string(),
  category: z.string().nullish(),
  currentValue: z.unknown().optional(),
  options: z.array(z.looseObject({ value: z.unknown() })).nullish(),
});

const chunk = z.looseObject({ content, messageId: z.string().nullish() });

/** The updates that we look into. Those that become no event of their own kind become notes. */
export const updates = {
  agent_message_chunk: chunk,
  agent_thought_chunk: chunk,
  tool_call: toolCall,
  tool_call_update: toolCall,
  plan: z.looseObject({
    entries: z.array(z.looseObject({ content: z.string(), priority: z.string().optional(), status: z.string() })),
  }),
  usage_update: z.looseObject({
    used: z.number().nullish(),
    size: z.number().nullish(),
    cost: z.looseObject({ amount: z.number(), currency: z.string() }).nullish(),
  }),
  current_mode_update: z.looseObject({ currentModeId: z.string() }),
  config_option_update: z.looseObject({ configOptions: z.array(configOption) }),
} as const;

/** Output that an agent streams beside the protocol: codex and claude put it into the update's `_meta`. */
export const terminalOutputMeta = z.looseObject({
  terminal_output_delta: z.looseObject({ data: z.string() }).optional(),
  terminal_output: z.looseObject({ data: z.string() }).optional(),
});

export const sessionUpdate = z.looseObject({
  sessionId: z.string(),
  update: z.looseObject({ sessionUpdate: z.string() }),
});

export const initializeAnswer = z.looseObject({
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

/** What an opened conversation says of its modes: agents use `modes`, a config option of category `mode`, or both. */
export const openedAnswer = z
  .looseObject({
    sessionId: z.string().nullish(),
    modes: z
      .looseObject({ currentModeId: z.string(), availableModes: z.array(z.looseObject({ id: z.string() })) })
      .nullish(),
    configOptions: z.array(configOption).nullish(),
  })
  .nullish();
export type OpenedAnswer = z.infer<typeof openedAnswer>;

export const promptAnswer = z.looseObject({
  stopReason: z.string(),
  usage: z
    .looseObject({
      inputTokens: z.number().nullish(),
      outputTokens: z.number().nullish(),
      totalTokens: z.number().nullish(),
    })
    .nullish(),
});
export type PromptAnswer = z.infer<typeof promptAnswer>;

export const permissionRequest = z.looseObject({
  sessionId: z.string(),
  toolCall,
  options: z.array(z.looseObject({ optionId: z.string(), name: z.string(), kind: z.string() })),
});

export const fileRequests = {
  read: z.looseObject({
    path: z.string(),
    line: z.number().int().min(1).nullish(),
    limit: z.number().int().min(0).nullish(),
  }),
  write: z.looseObject({ path: z.string(), content: z.string() }),
} as const;

export const terminalRequests = {
  create: z.looseObject({
    command: z.string().min(1),
    args: z.array(z.string()).nullish(),
    env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
    cwd: z.string().nullish(),
    outputByteLimit: z.number().int().min(0).nullish(),
  }),
  existing: z.looseObject({ terminalId: z.string() }),
} as const;
