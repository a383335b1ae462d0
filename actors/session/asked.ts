/** A request of an agent as the fact that is logged of it: whole, with its title, and what it is a question of. */
import type { Elicitation } from '../agents/acp/elicitation.ts';
import { type QuestionWays, questionIn } from '../agents/acp/question.ts';
import type { ToolCallUpdate } from '../agents/acp/tool-call.ts';
import type { AskedForCall } from '../agents/acp/tool-calls.ts';
import { storedText } from '../model/run/stored-text.ts';
import { nothingSaid } from '../protocol/asked/nothing-said.ts';
import type { ApprovalOption, AskedFor, Payload, StoredText } from '../protocol/facts/events.ts';
import { commandIn } from '../protocol/facts/input-text.ts';

type Request = Payload<'approval_requested'>;

/** Titles stand in lists and in the session's row; what is longer is in the words as well, whole. */
const maxTitleCharacters = 2_000;

export type PermissionAsked = {
  readonly approvalId: string;
  readonly toolCall: ToolCallUpdate;
  readonly options: readonly ApprovalOption[];
  /** What the request and its call tell of it. */
  readonly told: AskedForCall;
  /** What the call was called before. */
  readonly titleBefore: string | null;
  readonly subagent: string | null;
  readonly ways: QuestionWays | null;
  readonly maxStoredTextBytes: number;
};

export const askedByPermission = (asked: PermissionAsked): Request => {
  const { approvalId, toolCall, options, told, ways, maxStoredTextBytes } = asked;
  // An id that is used again is another call in the log.
  const toolCallId = told.toolCallId ?? toolCall.toolCallId;
  const kind = toolCall.kind ?? told.kind;
  const saidTitle = (toolCall.title?.trim() ? toolCall.title : asked.titleBefore)?.trim() ?? '';
  const question = questionIn(
    {
      title: saidTitle || null,
      toolName: told.toolName ?? null,
      kind: kind ?? null,
      input: told.input,
      text: told.text?.text ?? null,
      options,
    },
    ways,
  );
  const words = question?.words ?? null;
  const text = words === null ? told.text : storedText(words, maxStoredTextBytes);
  const title = words === null ? saidTitle || titleFrom(told) : firstLine(words);
  return {
    approvalId,
    ...told,
    toolCallId,
    ...(kind ? { kind } : {}),
    options: [...options],
    ...(commandIn(toolCall.rawInput)?.trim() === title
      ? // The command is shown whole where it stands; its beginning is enough for a title.
        { ...titled(firstLine(title).slice(0, maxTitleCharacters), text, maxStoredTextBytes) }
      : titled(title, text, maxStoredTextBytes)),
    ...(question === null ? {} : { question: question.form === undefined ? {} : { form: question.form } }),
    ...(asked.subagent === null ? {} : { subagent: asked.subagent }),
  };
};

export type ElicitationAsked = {
  readonly approvalId: string;
  readonly asked: Elicitation;
  readonly subagent: string | null;
  readonly maxStoredTextBytes: number;
};

export const askedByElicitation = ({ approvalId, asked, subagent, maxStoredTextBytes }: ElicitationAsked): Request => {
  const { toolCallId, message, question } = asked;
  const title = firstLine(message);
  const text = message.trim() === title ? undefined : storedText(message, maxStoredTextBytes);
  return {
    approvalId,
    toolCallId: toolCallId ?? '',
    options: [],
    ...titled(title || ('url' in question ? question.url : nothingSaid), text, maxStoredTextBytes),
    question,
    ...(subagent === null ? {} : { subagent }),
  };
};

/** A title of what was told, for a request that has none. */
const titleFrom = ({ input, diffs, locations, text }: AskedFor): string => {
  const [path] = [...(diffs ?? []), ...(locations ?? [])].map((place) => place.path);
  return firstLine(commandIn(input) ?? '') || path || firstLine(text?.text ?? '') || nothingSaid;
};

const titled = (title: string, text: StoredText | undefined, maxBytes: number): Pick<Request, 'title' | 'text'> => {
  if (title.length <= maxTitleCharacters) return { title, ...(text === undefined ? {} : { text }) };
  // The call may have told its title whole already.
  const words = text === undefined || text.text.startsWith(title.slice(0, maxTitleCharacters)) ? null : text.text;
  const whole = words === null ? title : `${title}\n\n${words}`;
  return { title: `${title.slice(0, maxTitleCharacters)}…`, text: storedText(whole, maxBytes) };
};

const firstLine = (text: string): string => text.trim().split('\n', 1)[0]?.trim() ?? '';
