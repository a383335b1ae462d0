import { readFileSync } from 'node:fs';
import { isAbsolute, normalize } from 'node:path';
import * as z from 'zod';
import { ThroughlineError } from '../../../protocol/facts/error.ts';

const milliseconds = z.number().int().min(0).max(3_600_000);
const text = z.string();
const errorAnswer = z.strictObject({ code: z.number().int().default(-32603), message: z.string().min(1) });

const pathInWorktree = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !normalize(path).startsWith('..'), {
    message: 'must be a path inside the worktree: relative, without ".."',
  });

const exactlyOne = (...names: readonly string[]) => ({
  check: (step: Readonly<Record<string, unknown>>): boolean =>
    names.filter((name) => step[name] !== undefined).length === 1,
  message: `needs exactly one of ${names.map((name) => `"${name}"`).join(', ')}`,
});
const textOrAppend = exactlyOne('text', 'append');
const bytesOrEvents = exactlyOne('bytes', 'events');
const textOrBase64OrBytes = exactlyOne('text', 'base64', 'bytes');
const codeOrSignal = exactlyOne('code', 'signal');

const stream = { text, chunkCharacters: z.number().int().min(1).default(12), everyMs: milliseconds.default(30) };

const planEntry = z.strictObject({
  content: text,
  priority: z.enum(['high', 'medium', 'low']).default('medium'),
  status: z.enum(['pending', 'in_progress', 'completed']).default('pending'),
});

/** What an agent does on a good day. */
const ordinarySteps = [
  z.strictObject({ do: z.literal('think'), ...stream }),
  z.strictObject({ do: z.literal('say'), ...stream }),
  z.strictObject({ do: z.literal('plan'), entries: z.array(planEntry) }),
  z
    .strictObject({
      do: z.literal('edit'),
      path: pathInWorktree,
      text: text.optional(),
      append: text.optional(),
      approval: z.boolean().default(false),
    })
    .refine(textOrAppend.check, { message: textOrAppend.message }),
  z.strictObject({ do: z.literal('read'), path: pathInWorktree }),
  z.strictObject({ do: z.literal('run'), command: z.string().min(1), approval: z.boolean().default(false) }),
  z.strictObject({
    do: z.literal('ask'),
    title: z.string().min(1),
    toolKind: z.enum(['read', 'edit', 'delete', 'move', 'search', 'execute', 'fetch', 'other']).default('other'),
    details: text.optional(),
  }),
  z.strictObject({ do: z.literal('wait'), ms: milliseconds }),
  z.strictObject({
    do: z.literal('usage'),
    tokens: z.number().int().min(0),
    size: z.number().int().min(1).default(200_000),
    cost: z.number().min(0).optional(),
    currency: z.string().length(3).default('USD'),
  }),
  z.strictObject({ do: z.literal('mode'), mode: z.enum(['default', 'careful']) }),
  z.strictObject({ do: z.literal('stop'), reason: z.enum(['end_turn', 'cancelled', 'refusal', 'max_tokens']) }),
] as const;

/** What an agent asks its client to do for it. Paths are free: some agents do ask for what is not theirs. */
const clientSteps = [
  z.strictObject({ do: z.literal('fs_read'), path: z.string().min(1) }),
  z.strictObject({ do: z.literal('fs_write'), path: z.string().min(1), text }),
  z.strictObject({
    do: z.literal('terminal'),
    command: z.string().min(1),
    args: z.array(z.string()).default([]),
  }),
] as const;

/** What an agent does on a bad day. */
const faultSteps = [
  z
    .strictObject({
      do: z.literal('crash'),
      code: z.number().int().min(0).max(255).optional(),
      signal: z.enum(['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGTERM']).optional(),
      stderr: text.optional(),
    })
    .refine(codeOrSignal.check, { message: codeOrSignal.message }),
  z.strictObject({
    do: z.literal('hang'),
    text: text.optional(),
    ignoreCancel: z.boolean().default(false),
    ignoreSigterm: z.boolean().default(false),
    frozen: z.boolean().default(false),
  }),
  z
    .strictObject({
      do: z.literal('flood'),
      bytes: z.number().int().min(1).optional(),
      events: z.number().int().min(1).optional(),
      eventCharacters: z.number().int().min(1).default(100),
    })
    .refine(bytesOrEvents.check, { message: bytesOrEvents.message }),
  z
    .strictObject({
      do: z.literal('garbage'),
      text: text.optional(),
      base64: z.base64().optional(),
      bytes: z.number().int().min(1).optional(),
      newline: z.boolean().default(true),
    })
    .refine(textOrBase64OrBytes.check, { message: textOrBase64OrBytes.message }),
  z.strictObject({ do: z.literal('raw'), message: z.json() }),
  z.strictObject({ do: z.literal('stderr'), text }),
  z.strictObject({
    do: z.literal('unknown_update'),
    kind: z.string().min(1).default('rehearsal_unknown'),
    fields: z.record(z.string(), z.json()).default({}),
  }),
  z.strictObject({ do: z.literal('reply_twice') }),
  z.strictObject({
    do: z.literal('late'),
    text,
    times: z.number().int().min(1).max(10_000).default(1),
    afterMs: milliseconds.default(0),
  }),
  z.strictObject({
    do: z.literal('grandchild'),
    group: z.enum(['own', 'same']).default('own'),
    holdStdout: z.boolean().default(false),
    ignoreSigterm: z.boolean().default(false),
    forMs: milliseconds.default(600_000),
  }),
  z.strictObject({ do: z.literal('close_stdout') }),
  z.strictObject({ do: z.literal('error'), code: z.number().int().default(-32603), message: z.string().min(1) }),
] as const;

const singleStep = z.discriminatedUnion('do', [...ordinarySteps, ...clientSteps, ...faultSteps]);

const step = z.discriminatedUnion('do', [
  ...singleStep.options,
  z.strictObject({
    do: z.literal('repeat'),
    times: z.number().int().min(1).max(1_000_000),
    steps: z.array(singleStep).min(1),
  }),
]);

const handshake = z.strictObject({
  load: z.boolean().default(true),
  resume: z.boolean().default(true),
  list: z.boolean().default(true),
  close: z.boolean().default(true),
  answerAfterMs: milliseconds.default(0),
  neverAnswer: z.boolean().default(false),
  exit: z.strictObject({ code: z.number().int().min(0).max(255).default(1), stderr: text.default('') }).optional(),
  refuseNew: errorAnswer.optional(),
  refuseLoad: errorAnswer.optional(),
});

const turn = z.strictObject({ when: z.string().min(1).optional(), steps: z.array(step) });

/** A script, the whole of it: the one definition of the format that docs/REHEARSAL.md explains. */
export const scriptSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string().default(''),
  handshake: handshake.prefault({}),
  turns: z.array(turn).min(1),
});

export type Script = z.output<typeof scriptSchema>;
export type ScriptInput = z.input<typeof scriptSchema>;
export type Turn = Script['turns'][number];
export type Step = Turn['steps'][number];
export type StepOf<Name extends Step['do']> = Extract<Step, { do: Name }>;

/** The steps there are, by name: for messages, and for the test that every one of them is documented. */
export const stepSchemasByName = new Map(step.options.map((option) => [option.shape.do.value, option] as const));

const childOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

const wordsByList = new Map<PropertyKey | undefined, string>([
  ['turns', 'turn'],
  ['steps', 'step'],
  ['entries', 'entry'],
]);

/** A path into a script in words: `turn 1, step 3 (say), everyMs`. */
const place = (path: readonly PropertyKey[], script: unknown): string => {
  const words: string[] = [];
  let here = script;
  for (const [depth, key] of path.entries()) {
    here = childOf(here, key);
    if (typeof key === 'number') {
      const name = childOf(here, 'do');
      const what = wordsByList.get(path[depth - 1]) ?? 'item';
      words.push(`${what} ${key + 1}${typeof name === 'string' ? ` (${name})` : ''}`);
    } else if (!wordsByList.has(key) || depth === path.length - 1) words.push(String(key));
  }
  return words.join(', ');
};

/** Checks a script of unknown origin. The error names the file, the step and what is wrong with it. */
export const parseScript = (source: string, value: unknown): Script => {
  const parsed = scriptSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const unknownStep = issue.code === 'invalid_union' && issue.path.at(-1) === 'do';
    const message = unknownStep
      ? `there is no such step; there are ${[...stepSchemasByName.keys()].join(', ')}`
      : issue.message;
    const where = place(issue.path, value);
    return where === '' ? message : `${where}: ${message}`;
  });
  const shown = problems.slice(0, 3).join('; ');
  const more = problems.length > 3 ? `; and ${problems.length - 3} more` : '';
  throw new ThroughlineError('agent.script_invalid', `${source}: ${shown}${more}`, {
    hint: 'docs/REHEARSAL.md describes every step and field',
    details: { source, problems },
  });
};

export const readScriptFile = (path: string): Script => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ThroughlineError('agent.script_invalid', `${path}: cannot be read as JSON: ${message}`, { cause });
  }
  return parseScript(path, value);
};
