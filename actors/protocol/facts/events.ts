/**
 * The facts of the log. Each type has one schema; what an agent or an older database gives is parsed by it at the
 * border. Objects are loose: a field that a newer program wrote is kept, never dropped.
 */
import * as z from 'zod';
import { contentPart, storedText } from './content-part.ts';
import { writtenQueueId, writtenRunId } from './id-schemas.ts';
import {
  type Ordinal,
  type Position,
  type RunKey,
  type Seq,
  type SessionKey,
  type Timestamp,
  toTimestamp,
} from './ids.ts';
import { pauseLedgerPayloads, pausePayloads } from './limit-events.ts';
import { queuePayloads } from './queue-events.ts';
import { startsFrom, workPayloads } from './work-events.ts';

export type { StoredText } from './content-part.ts';

/** Kinds of failures of a model or its service, as agents tell them apart. */
export const failureKinds = ['limit', 'authentication', 'context', 'service', 'connection', 'request'] as const;
export type FailureKind = (typeof failureKinds)[number];

/** How a conversation with an agent was opened; `begun_anew`: it could not take up the earlier one. */
export const openings = ['begun', 'resumed', 'loaded', 'begun_anew'] as const;
export type OpeningKind = (typeof openings)[number];

/** The version that is stored with every event this program writes. */
export const eventVersion = 1;

const diff = z.object({ path: z.string(), oldText: storedText.nullable(), newText: storedText });
export type Diff = z.infer<typeof diff>;

const location = z.looseObject({ path: z.string(), line: z.number().optional() });

/** `kind` is the agent's word; one that gave none has the empty one. */
const approvalOption = z.object({ optionId: z.string(), name: z.string(), kind: z.string() });
export type ApprovalOption = z.infer<typeof approvalOption>;

/** What a request for approval is about: whatever the agent told of it, as whole as the log keeps a text. */
export const askedFor = {
  /** The tool's own name, where the agent tells it. */
  toolName: z.string().optional(),
  /** What the tool is called with. */
  input: z.unknown().optional(),
  diffs: z.array(diff).optional(),
  locations: z.array(location).optional(),
  /** What it says in words: a plan, a question. */
  text: storedText.optional(),
  /** What it shows besides. */
  parts: z.array(contentPart).optional(),
  /**
   * Set on what is a question and no action to allow: one of the options is its answer, or a form (a JSON schema of its
   * answers) is to be filled in, or a page to be opened.
   */
  question: z.looseObject({ form: z.unknown().optional(), url: z.string().optional() }).optional(),
  /** The agent of the agent that asks, where it has such. */
  subagent: z.string().optional(),
} as const;

const wholeAskedFor = z.object(askedFor);
export type AskedFor = z.infer<typeof wholeAskedFor>;

/** What of a request's payload tells what it asks for. */
export const askedForIn = (payload: AskedFor): AskedFor => wholeAskedFor.parse(payload);

/** A value of an option, as it is chosen: of a switch whether it is on. */
export const optionValue = z.union([z.string(), z.boolean()]);
export type OptionValue = z.infer<typeof optionValue>;

/** Something of an agent that can be chosen: a mode, a model, a switch. `value` is what is chosen now. */
export const agentOption = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  /** The protocol's categories are `mode`, `model` and `thought_level`. */
  category: z.string().optional(),
  value: optionValue.nullable(),
  /** What can be chosen; none for a switch. */
  choices: z
    .array(
      z.looseObject({
        value: z.string(),
        name: z.string(),
        description: z.string().optional(),
        group: z.string().optional(),
      }),
    )
    .optional(),
  /** How many more choices there are than are listed. */
  choicesLeftOut: z.number().int().optional(),
});
export type AgentOption = z.infer<typeof agentOption>;

/** A command of the agent's own, which a prompt begins with: `/name`. */
export const commandOffer = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  hint: z.string().optional(),
});

/** A server of the Model Context Protocol that agents are to use. Secrets are named (`$NAME`), never written. */
export const mcpServer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('stdio'),
    name: z.string().min(1).max(100),
    command: z.string().min(1).max(4096),
    args: z.array(z.string().max(4096)).max(100).default([]),
    env: z.record(z.string(), z.string().max(4096)).default({}),
  }),
  z.strictObject({
    type: z.enum(['http', 'sse']),
    name: z.string().min(1).max(100),
    url: z.url().max(4096),
    headers: z.record(z.string(), z.string().max(4096)).default({}),
  }),
]);
export type McpServer = z.infer<typeof mcpServer>;

const spoken = z.looseObject({
  text: z.string(),
  /** The agent's own id of the message; pieces of one message share it. */
  messageId: z.string().optional(),
  /** What it shows that is no text: then `text` is empty. */
  parts: z.array(contentPart).optional(),
  /** The agent of the agent that speaks, where it has such. */
  subagent: z.string().optional(),
  /** Set on text that repeats what was said before a retry. */
  repeated: z.literal(true).optional(),
  /** Set on what the agent only told us while its conversation was loaded, and which the log did not have. */
  recovered: z.literal(true).optional(),
});

/** Events of a run. */
const runPayloads = {
  prompt: z.looseObject({
    text: z.string(),
    /** `continuation` is the default text offered when an in-flight session is recovered. */
    origin: z.enum(['prompt', 'resume', 'continuation']),
    /** What was given with it: images, files. */
    parts: z.array(contentPart).optional(),
    /** The comments of a review that it is made of, or brings. */
    comments: z.array(z.string()).optional(),
    /** What the agent is told before it of what was done to its tree since its last turn. */
    told: z.string().optional(),
    /** The failed checks that it is made of; by itself, where no person sent it. */
    checks: z.array(z.string()).optional(),
    byItself: z.literal(true).optional(),
    /** What it was while it waited for the run before to complete. */
    queued: writtenQueueId.optional(),
  }),
  message: spoken,
  thinking: spoken,
  tool_call: z.looseObject({
    toolCallId: z.string(),
    title: z.string().optional(),
    /** The tool's own name, where the agent tells it. */
    name: z.string().optional(),
    kind: z.string().optional(),
    status: z.string().optional(),
    input: z.unknown().optional(),
    locations: z.array(location).optional(),
    /** The call or the agent of the agent that it belongs to. */
    parentToolCallId: z.string().optional(),
    subagent: z.string().optional(),
    /** Output so far, only what is new since the last event of this tool call. */
    outputAppended: storedText.optional(),
    /** What it showed until now, where its run ended before it had a result. */
    diffs: z.array(diff).optional(),
    parts: z.array(contentPart).optional(),
    rawOutput: z.unknown().optional(),
    recovered: z.literal(true).optional(),
  }),
  /** A second one of a call is what it told after the first: what it does not name stays as it was. */
  tool_result: z.looseObject({
    toolCallId: z.string(),
    status: z.enum(['completed', 'failed']),
    title: z.string().optional(),
    output: storedText.optional(),
    diffs: z.array(diff).optional(),
    parts: z.array(contentPart).optional(),
    rawOutput: z.unknown().optional(),
    /** How the command ended that it ran in a terminal of ours. */
    exit: z.looseObject({ code: z.number().nullable(), signal: z.string().nullable() }).optional(),
    recovered: z.literal(true).optional(),
  }),
  plan: z.looseObject({
    entries: z.array(z.looseObject({ content: z.string(), priority: z.string().optional(), status: z.string() })),
  }),
  approval_requested: z.looseObject({
    approvalId: z.string(),
    toolCallId: z.string(),
    title: z.string(),
    kind: z.string().optional(),
    options: z.array(approvalOption),
    ...askedFor,
  }),
  approval_resolved: z.looseObject({
    approvalId: z.string(),
    /** `answered` is a question's. */
    outcome: z.enum(['allowed', 'denied', 'answered', 'cancelled', 'expired']),
    optionId: z.string().optional(),
    /** Set on an answer that holds for always, not for this once. */
    always: z.literal(true).optional(),
    /** What was filled into the form of a question. */
    answers: z.unknown().optional(),
    by: z.enum(['person', 'policy', 'runtime']),
  }),
  interrupt_requested: z.looseObject({
    /** 1 asks the agent to cancel, 2 asks once more, 3 ends its process group. */
    attempt: z.number().int().min(1).max(3),
  }),
  status: z.looseObject({
    status: z.enum(['starting', 'running', 'completed', 'interrupted', 'failed']),
    /** One line; on a failed run what the dashboard shows. */
    reason: z.string().optional(),
    /** The agent's own word for why its turn ended. */
    stopReason: z.string().optional(),
  }),
  error: z.looseObject({
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    /** What kind of failure of the model or its service it was, where the agent lets that be known. */
    kind: z.enum(failureKinds).optional(),
    /** The whole of it, for the one who debugs: the agent's stderr, a JSON-RPC error. Bounded. */
    detail: storedText.optional(),
  }),
  usage: z.looseObject({
    /** What its tokens are of; a whole turn's are told at its end. Without it: of a call of the model. */
    of: z.enum(['turn', 'call']).optional(),
    /** Tokens in the agent's context now, and how many fit. */
    used: z.number().optional(),
    size: z.number().optional(),
    inputTokens: z.number().optional(),
    outputTokens: z.number().optional(),
    totalTokens: z.number().optional(),
    thoughtTokens: z.number().optional(),
    cachedReadTokens: z.number().optional(),
    cachedWriteTokens: z.number().optional(),
    cost: z.looseObject({ amount: z.number(), currency: z.string() }).optional(),
  }),
  /** The conversation was opened, before a run's first turn in this process. */
  conversation: z.looseObject({
    how: z.enum(openings),
    agent: z.string().nullable(),
    version: z.string().nullable(),
    mode: z.string().nullable(),
    /** The version of the protocol that is spoken. */
    protocol: z.number(),
    /** Whether the agent asks before it acts; null when that is not known. */
    asks: z.boolean().nullable(),
  }),
  /** What a new conversation was told of the one that was lost, before its first prompt. */
  recap: z.looseObject({ text: storedText, reason: z.string() }),
  /** What the agent calls its conversation. */
  title: z.looseObject({ title: z.string() }),
  /** The agent's own commands, all of them: the last such event is what there is. */
  commands: z.looseObject({
    commands: z.array(commandOffer),
  }),
  /** What of the agent can be chosen, all of it: the last such event is what there is. */
  options: z.looseObject({
    options: z.array(agentOption),
    /** Whether the agent asks before it acts, as it is now; null when that is not known. */
    asks: z.boolean().nullable().optional(),
  }),
  /** The agent tries again after a failure of its model: `attempt` of `of`, where it tells. */
  retry: z.looseObject({
    attempt: z.number().optional(),
    of: z.number().optional(),
    message: z.string(),
    kind: z.enum(failureKinds).optional(),
  }),
  /** How much of a limit of its model is used, as the agent tells it. Times are in milliseconds UTC. */
  limit: z.looseObject({
    status: z.string(),
    name: z.string().optional(),
    utilization: z.number().optional(),
    resetsAt: z.number().optional(),
  }),
  /** Something that the agent wants a person to know. */
  notice: z.looseObject({ text: z.string(), level: z.string().optional() }),
  /** The agent makes its conversation shorter. */
  compaction: z.looseObject({
    status: z.string().optional(),
    summary: storedText.optional(),
    compactionId: z.string().optional(),
  }),
  note: z.looseObject({ note: z.string() }),
  ...pausePayloads,
} as const;

/** Events of a session's ledger (run 0). */
const ledgerPayloads = {
  session_created: z.looseObject({
    name: z.string(),
    agent: z.string(),
    repository: z.string(),
    approvals: z.enum(['ask', 'allow', 'deny']),
    /** False: the agent works in the repository itself (`--no-worktree`). */
    worktree: z.boolean(),
    branch: z.string().nullable(),
    base: z.string().nullable(),
    baseCommit: z.string().nullable(),
    mode: z.string().nullable(),
    /** What was chosen of the agent's options, by their ids. */
    choices: z.record(z.string(), optionValue).optional(),
    mcpServers: z.array(mcpServer).optional(),
    /** Folders besides its own that the agent may work in. */
    additionalDirectories: z.array(z.string()).optional(),
    /** The agent's conversation that is taken up, where it was begun elsewhere. */
    agentSessionId: z.string().optional(),
    /** That conversation is another session's, and goes on by itself: this one begins as a fork of it. */
    forks: z.literal(true).optional(),
    /**
     * It goes on from another session: what was said there, up to the end of that run (null: all of it), is told to its
     * agent where that cannot fork the conversation.
     */
    retells: z
      .looseObject({
        session: z.string(),
        run: z.number().int().nullable(),
        /** The position of the event that it is told up to, and without. */
        before: z.number().int().optional(),
      })
      .optional(),
    /** The folder in its worktree that the agent works in, where that is not its top. */
    folder: z.string().optional(),
    /** The snapshot of another session that its tree begins as. */
    startsFrom: startsFrom.optional(),
    /** Its branch was there before it. */
    takesBranch: z.literal(true).optional(),
    /** Its worktree was there before it, and is not ours to remove. */
    takesWorktree: z.string().optional(),
  }),
  session_renamed: z.looseObject({ name: z.string() }),
  /** It is out of the list, or in it again; a further run takes it out of the archive by itself. */
  session_archived: z.looseObject({ archived: z.boolean() }),
  worktree_created: z.looseObject({ path: z.string(), branch: z.string().nullable(), base: z.string().nullable() }),
  worktree_removed: z.looseObject({ path: z.string(), parkedRef: z.string().nullable() }),
  agent_session_learnt: z.looseObject({ agentSessionId: z.string() }),
  agent_mode_learnt: z.looseObject({ mode: z.string() }),
  /** A person chose this value of one of the agent's options; the empty one takes a choice back. */
  option_chosen: z.looseObject({ optionId: z.string(), value: optionValue }),
  /** Processes that an interrupted turn of this run left running, and their end. */
  left_running: z.looseObject({
    run: z.number().int(),
    processes: z.array(z.looseObject({ pid: z.number().int(), startedAt: z.string(), command: z.string() })),
  }),
  left_running_ended: z.looseObject({ processes: z.number().int() }),
  agent_parked: z.looseObject({}),
  orphan_stopped: z.looseObject({ pid: z.number().int(), processes: z.number().int() }),
  /** From here on the session is being removed, and a start that finds it so finishes that. */
  removal_begun: z.looseObject({
    force: z.boolean(),
    /** The ref that keeps what its worktree holds and no branch has, if there is such work; null: nothing can be. */
    keepUnder: z.string().nullable(),
  }),
  /** Its folder could not be removed: the session is there again as it was. */
  removal_abandoned: z.looseObject({ reason: z.string() }),
  /** So many of its events are deleted until now; the next of these takes the place of this one. */
  events_removed: z.looseObject({ events: z.number().int(), parkedRef: z.string().nullable().optional() }),
  session_removed: z.looseObject({
    /** How many events were deleted with the session, so that the positions still add up. */
    events: z.number().int(),
    /** Where the work is kept that its worktree held, if it held any. */
    parkedRef: z.string().nullable().optional(),
  }),
  ...queuePayloads,
  ...pauseLedgerPayloads,
  ...workPayloads,
} as const;

export const payloadSchemas = { ...runPayloads, ...ledgerPayloads } as const;

export type RunEventType = keyof typeof runPayloads;
export type LedgerEventType = keyof typeof ledgerPayloads;
export type EventType = RunEventType | LedgerEventType;
export type Payload<Type extends EventType> = z.infer<(typeof payloadSchemas)[Type]>;

/** A fact that is to be logged: it has no place in any order yet. */
export type Fact = {
  [Type in EventType]: { readonly type: Type; readonly payload: Payload<Type>; readonly occurredAt: Timestamp };
}[EventType];

/** Makes a fact of its parts; the payload's type follows the event's. */
export const fact = <Type extends EventType>(
  type: Type,
  payload: Payload<Type>,
  occurredAt: Timestamp,
): Extract<Fact, { readonly type: Type }> =>
  // The compiler does not see that a generic member of a union is a member of it.
  ({ type, payload, occurredAt }) as Extract<Fact, { readonly type: Type }>;

/** A fact that may stand in a run. */
export type RunFact = Extract<Fact, { readonly type: RunEventType }>;

/** Whether a fact is one of a run; a ledger's is not. */
export const isRunFact = (fact: Fact): fact is RunFact => Object.hasOwn(runPayloads, fact.type);

/** A fact that may stand in a session's ledger. */
export type LedgerFact = Extract<Fact, { readonly type: LedgerEventType }>;

/** A fact on its way to the writer: its payload is JSON already, so that the writer's thread need not make it. */
export type EncodedFact = {
  readonly type: EventType;
  readonly payload: string;
  readonly occurredAt: Timestamp;
  /** Where the run's machine stands after this fact, now and then: stored beside the log, no part of it. */
  readonly snapshot?: string;
};

export const encodeFact = (fact: Fact): EncodedFact => ({
  type: fact.type,
  // JSON.stringify escapes lone surrogates, so what is stored reads back as it was written.
  payload: JSON.stringify(fact.payload),
  occurredAt: fact.occurredAt,
});

/** Where an event stands. */
export type EventPlace = {
  readonly position: Position;
  readonly sessionKey: SessionKey;
  readonly runKey: RunKey;
  readonly ordinal: Ordinal;
  readonly seq: Seq;
  readonly recordedAt: Timestamp;
};

/** An event as people, scripts and the window get it. An unknown type of a newer program is passed on as it is. */
export const historyEvent = z.object({
  position: z.number().int().min(1),
  runId: writtenRunId,
  run: z.number().int().min(0),
  seq: z.number().int().min(1),
  type: z.string(),
  payload: z.unknown(),
  occurredAt: z.number(),
  recordedAt: z.number(),
});
export type HistoryEvent = z.infer<typeof historyEvent>;

const isKnownType = (type: string): type is EventType => Object.hasOwn(payloadSchemas, type);

/**
 * Reads one stored event's type and JSON back into a fact.
 * Gives null for an unknown type or a payload that does not fit: the caller shows such an event as it is.
 * @example
 * import { toTimestamp } from './ids.ts';
 * const at = toTimestamp(0);
 * decodeFact('session_renamed', '{"name":"Docs"}', at) // => fact('session_renamed', { name: 'Docs' }, at)
 * decodeFact('session_renamed', '{}', at) // => null
 * decodeFact('of a newer program', '{}', at) // => null
 */
export const decodeFact = (type: string, payloadJson: string, occurredAt: Timestamp): Fact | null => {
  let value: unknown;
  try {
    value = JSON.parse(payloadJson);
  } catch {
    return null;
  }
  return parseFact(type, value, occurredAt);
};

/** One type's payload from its JSON; null when it does not fit. */
export const payloadOf = <Type extends EventType>(type: Type, payloadJson: string): Payload<Type> | null => {
  const fact = decodeFact(type, payloadJson, toTimestamp(0));
  // The type was asked for, which the compiler cannot follow through the lookup.
  return fact === null ? null : (fact.payload as Payload<Type>);
};

/** A fact of its parts as somebody outside gave them; null for an unknown type or a payload that does not fit. */
export const parseFact = (type: string, payload: unknown, occurredAt: Timestamp): Fact | null => {
  if (!isKnownType(type)) return null;
  const parsed = payloadSchemas[type].safeParse(payload);
  if (!parsed.success) return null;
  // The schema was picked by the type, which the compiler cannot follow through the lookup.
  return { type, payload: parsed.data, occurredAt } as Fact;
};
