/**
 * Updates of version 2 as those of version 1. In version 2 everything is an upsert by its id: what is told whole a second
 * time is told here as far as it is new.
 */
import { StringDecoder } from 'node:string_decoder';
import * as z from 'zod';

export type Update = { readonly sessionUpdate: string } & Readonly<Record<string, unknown>>;

const id = z.string();
const message = z.looseObject({ messageId: id, content: z.array(z.unknown()).nullish() });
const toolCall = z.looseObject({
  toolCallId: id,
  content: z.array(z.unknown()).nullish(),
  status: z.unknown().optional(),
});
const toolChunk = z.looseObject({ toolCallId: id, content: z.unknown() });
const terminal = z.looseObject({
  terminalId: id,
  output: z.looseObject({ data: z.string() }).nullish().catch(null),
});
const terminalChunk = z.looseObject({ terminalId: id, data: z.string() });
const planItems = z.looseObject({
  plan: z.looseObject({ type: z.literal('items'), planId: id, entries: z.array(z.unknown()) }),
});
const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
const showsTerminal = z.looseObject({ type: z.literal('terminal'), terminalId: id });
const patch = z.looseObject({
  type: z.literal('diff'),
  changes: z.array(z.looseObject({ path: z.string().optional() })).catch([]),
  patch: z.looseObject({ text: z.string() }).nullish().catch(null),
});

/** So many messages, calls and terminals are remembered; of more the oldest is forgotten, and would be told again. */
const maxRemembered = 200;
const maxRememberedCharacters = 512 * 1024;

/** A map that forgets its oldest entry. */
const lastOf = <Value>() => {
  const entries = new Map<string, Value>();
  return {
    get: (key: string): Value | undefined => entries.get(key),
    set: (key: string, value: Value): void => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= maxRemembered) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        return;
      }
    },
  };
};

const kindOf = { agent_message: 'agent_message_chunk', agent_thought: 'agent_thought_chunk' } as const;

export const createUpdates = () => {
  /** The text that was told of a message. */
  const told = lastOf<string>();
  /** What a call shows, to which chunks are added. */
  const shown = lastOf<readonly unknown[]>();
  const callOfTerminal = lastOf<string>();
  const decoders = lastOf<StringDecoder>();
  const plans = lastOf<readonly unknown[]>();
  const planIds: string[] = [];

  const remember = (key: string, text: string): void => {
    if (text.length <= maxRememberedCharacters) told.set(key, text);
  };

  const chunk = (update: Update, kind: string): readonly Update[] => {
    const parsed = z.looseObject({ messageId: id, content: textBlock }).safeParse(update);
    if (parsed.success) {
      const { messageId, content } = parsed.data;
      const key = `${kind} ${messageId}`;
      remember(key, (told.get(key) ?? '') + content.text);
    }
    return [update];
  };

  /** A whole message: what of it was not told yet. */
  const whole = (update: Update, kind: 'agent_message_chunk' | 'agent_thought_chunk'): readonly Update[] => {
    const parsed = message.safeParse(update);
    if (!parsed.success) return [update];
    const { messageId, content } = parsed.data;
    const key = `${kind} ${messageId}`;
    const before = told.get(key) ?? '';
    const blocks = content ?? [];
    const text = blocks.map((block) => textBlock.safeParse(block).data?.text ?? '').join('');
    if (text === before && before !== '') return [];
    remember(key, text);
    if (before !== '' && text.startsWith(before)) {
      return [{ sessionUpdate: kind, messageId, content: { type: 'text', text: text.slice(before.length) } }];
    }
    return blocks.map((block) => ({ sessionUpdate: kind, messageId, content: block }));
  };

  const tool = (toolCallId: string, update: Readonly<Record<string, unknown>>): readonly Update[] => {
    const isNew = shown.get(toolCallId) === undefined;
    const content = update.content;
    if (Array.isArray(content)) {
      shown.set(toolCallId, content);
      for (const part of content) {
        const parsed = showsTerminal.safeParse(part);
        if (parsed.success) callOfTerminal.set(parsed.data.terminalId, toolCallId);
      }
    } else if (isNew) shown.set(toolCallId, []);
    const { locations, content: parts } = contentOf(Array.isArray(content) ? content : []);
    return [
      {
        ...update,
        sessionUpdate: isNew ? 'tool_call' : 'tool_call_update',
        toolCallId,
        ...(Array.isArray(content) ? { content: parts } : {}),
        ...(update.locations === undefined && locations.length > 0 ? { locations } : {}),
        ...(typeof update.status === 'string' ? { status: statusOf(update.status) } : {}),
      },
    ];
  };

  const terminalOutput = (terminalId: string, base64: string, isWhole: boolean): readonly Update[] => {
    const toolCallId = callOfTerminal.get(terminalId);
    if (toolCallId === undefined) return [];
    const decoder = (isWhole ? undefined : decoders.get(terminalId)) ?? new StringDecoder('utf8');
    decoders.set(terminalId, decoder);
    const data = decoder.write(Buffer.from(base64, 'base64'));
    const key = isWhole ? 'terminal_output' : 'terminal_output_delta';
    return [{ sessionUpdate: 'tool_call_update', toolCallId, _meta: { [key]: { terminal_id: terminalId, data } } }];
  };

  const plan = (update: Update): readonly Update[] => {
    const parsed = planItems.safeParse(update);
    if (!parsed.success) return [update];
    const { planId, entries } = parsed.data.plan;
    if (!planIds.includes(planId)) planIds.push(planId);
    if (planIds.length > maxRemembered) planIds.shift();
    plans.set(planId, entries);
    return [{ sessionUpdate: 'plan', entries: planIds.flatMap((each) => plans.get(each) ?? []) }];
  };

  /** The updates of version 1 that say the same; those that are the turn's own business give none. */
  return (update: Update): readonly Update[] => {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
      case 'agent_thought_chunk':
        return chunk(update, update.sessionUpdate);
      case 'agent_message':
      case 'agent_thought':
        return whole(update, kindOf[update.sessionUpdate]);
      case 'tool_call_update': {
        const parsed = toolCall.safeParse(update);
        return parsed.success ? tool(parsed.data.toolCallId, parsed.data) : [update];
      }
      case 'tool_call_content_chunk': {
        const parsed = toolChunk.safeParse(update);
        if (!parsed.success) return [update];
        const { toolCallId, content } = parsed.data;
        return tool(toolCallId, { content: [...(shown.get(toolCallId) ?? []), content] });
      }
      case 'terminal_update': {
        const parsed = terminal.safeParse(update);
        const data = parsed.success ? parsed.data.output?.data : undefined;
        return parsed.success && data !== undefined ? terminalOutput(parsed.data.terminalId, data, true) : [];
      }
      case 'terminal_output_chunk': {
        const parsed = terminalChunk.safeParse(update);
        return parsed.success ? terminalOutput(parsed.data.terminalId, parsed.data.data, false) : [update];
      }
      case 'plan_update':
        return plan(update);
      default:
        return [update];
    }
  };
};

/** Version 2 has two statuses more. */
const statusOf = (status: string): string => {
  if (status === 'paused') return 'in_progress';
  return status === 'cancelled' ? 'failed' : status;
};

/** A diff of version 2 is a patch and the paths it is about, not two texts: the patch is shown as the text it is. */
const contentOf = (
  content: readonly unknown[],
): { readonly content: readonly unknown[]; readonly locations: readonly { readonly path: string }[] } => {
  const locations: { path: string }[] = [];
  const parts = content.map((part) => {
    const parsed = patch.safeParse(part);
    if (!parsed.success) return part;
    for (const { path } of parsed.data.changes) if (path !== undefined) locations.push({ path });
    const { patch: told } = parsed.data;
    return told ? { type: 'content', content: { type: 'text', text: told.text } } : part;
  });
  return { content: parts, locations };
};
