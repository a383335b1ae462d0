/** A tool call as `tool_call`, `tool_call_update` and `session/request_permission` describe it. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { storedText } from '../../model/run/stored-text.ts';

const maxIdCharacters = 200;
const maxWordCharacters = 100;
const maxPathBytes = 4_096;
const maxLocations = 100;

/** An id that is too long for a key is the same shorter one wherever it is read. */
const toolCallId = z.union([z.string(), z.number().transform(String)]).transform((id) =>
  // The hash tells ids with one beginning apart.
  id.length <= maxIdCharacters ? id : `${id.slice(0, 100)}…${createHash('sha256').update(id).digest('hex')}`,
);

const word = z.string().transform((text) => text.slice(0, maxWordCharacters));
const location = z.object({
  path: z.string().transform((path) => storedText(path, maxPathBytes).text),
  line: z.number().nullish().catch(null),
});
export type ToolLocation = { readonly path: string; readonly line?: number };

const exit = z.object({
  exit_code: z.number().nullish().catch(null),
  signal: z
    .string()
    .transform((text) => text.slice(0, maxWordCharacters))
    .nullish()
    .catch(null),
});

/** What agents tell of a call beside the protocol. */
const meta = z.object({
  toolName: word.optional().catch(undefined),
  claudeCode: z
    .object({ toolName: word.optional().catch(undefined), parentToolUseId: toolCallId.optional().catch(undefined) })
    .optional()
    .catch(undefined),
  terminal_output_delta: z.object({ data: z.string() }).optional().catch(undefined),
  terminal_output: z.object({ data: z.string() }).optional().catch(undefined),
  terminal_exit: exit.optional().catch(undefined),
});

export type ToolCallUpdate = {
  readonly toolCallId: string;
  readonly title?: string | undefined;
  readonly kind?: string | undefined;
  /** The tool's own name. */
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly rawInput?: unknown;
  readonly rawOutput?: unknown;
  readonly locations: readonly ToolLocation[];
  /** Blocks of content, whatever they are. */
  readonly content: readonly unknown[];
  readonly parentToolCallId?: string | undefined;
  /** Output that is streamed beside the protocol: codex and claude put it into the update's `_meta`. */
  readonly streamed?: string | undefined;
  readonly exit?: { readonly code: number | null; readonly signal: string | null } | undefined;
  /** Optional parts that were not as the protocol says and were left out, by their names. */
  readonly odd: ReadonlyMap<string, unknown>;
};

/**
 * Only the id is needed: an odd part of the rest costs itself. Everything but the title, the content, the input and the
 * output is bounded here.
 */
export const toolCall = z.looseObject({ toolCallId }).transform((said): ToolCallUpdate => {
  const odd = new Map<string, unknown>();
  const read = <Value>(name: string, schema: z.ZodType<Value>): Value | undefined => {
    const given = said[name];
    if (given === undefined || given === null) return undefined;
    const parsed = schema.safeParse(given);
    if (parsed.success) return parsed.data;
    odd.set(name, given);
    return undefined;
  };
  const beside = meta.safeParse(said._meta).data;
  const places = read('locations', z.array(z.unknown())) ?? [];
  const locations = places.slice(0, maxLocations).flatMap((place): ToolLocation[] => {
    const parsed = location.safeParse(place);
    if (!parsed.success) {
      odd.set('locations', place);
      return [];
    }
    const { path, line } = parsed.data;
    return [typeof line === 'number' ? { path, line } : { path }];
  });
  return {
    toolCallId: said.toolCallId,
    title: read('title', z.string()),
    kind: read('kind', word),
    name: read('name', word) ?? beside?.claudeCode?.toolName ?? beside?.toolName,
    status: read('status', word),
    rawInput: said.rawInput,
    rawOutput: said.rawOutput,
    locations,
    content: read('content', z.array(z.unknown())) ?? [],
    parentToolCallId: beside?.claudeCode?.parentToolUseId,
    streamed: (beside?.terminal_output_delta ?? beside?.terminal_output)?.data,
    exit: beside?.terminal_exit && {
      code: beside.terminal_exit.exit_code ?? null,
      signal: beside.terminal_exit.signal ?? null,
    },
    odd,
  };
});
