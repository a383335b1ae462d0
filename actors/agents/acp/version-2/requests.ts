/** What an agent of version 2 asks, in the words of version 1. The answers are the same in both. */
import * as z from 'zod';

const permission = z.looseObject({
  title: z.string().nullish().catch(null),
  description: z.string().nullish().catch(null),
  subject: z
    .union([
      z.looseObject({ type: z.literal('tool_call'), toolCall: z.looseObject({ toolCallId: z.string() }) }),
      z.looseObject({
        type: z.literal('command'),
        command: z.string(),
        cwd: z.string().nullish().catch(null),
        toolCallId: z.string().nullish().catch(null),
      }),
    ])
    .nullish()
    .catch(null),
});

/** A request for permission: its title and its explanation belong to it alone, and stand before what it is about. */
export const permissionAsVersion1 = (params: unknown, number: number): unknown => {
  const parsed = permission.safeParse(params);
  if (!parsed.success) return params;
  const { title, description, subject, ...rest } = parsed.data;
  const explained =
    typeof description === 'string' && description !== ''
      ? [{ type: 'content', content: { type: 'text', text: description } }]
      : [];
  const named = typeof title === 'string' && title !== '' ? { title } : {};
  const toolCallId = `permission-${number}`;
  if (subject?.type === 'tool_call') {
    const { content } = subject.toolCall;
    const shown = Array.isArray(content) ? content : [];
    return { ...rest, toolCall: { ...subject.toolCall, ...named, content: [...explained, ...shown] } };
  }
  if (subject?.type === 'command') {
    const rawInput = { command: subject.command, ...(subject.cwd ? { cwd: subject.cwd } : {}) };
    const about = { toolCallId: subject.toolCallId ?? toolCallId, kind: 'execute', rawInput };
    return { ...rest, toolCall: { ...about, ...named, content: explained } };
  }
  return { ...rest, toolCall: { toolCallId, ...named, content: explained } };
};
