/** What the inspector is told of a run: the steps its machine made, an overview of them all, and what would be if. */
import * as z from 'zod';
import { historyEvent } from '../facts/events.ts';
import { askedOrdinal } from '../facts/id-schemas.ts';
import type { Ordinal, SessionId } from '../facts/ids.ts';
import { type Route, sessionPath } from './route.ts';

/** The machine's context as it is shown: what its events made of it, not what it was given at its beginning. */
const inspectedContext = z.object({
  prompt: z.string(),
  openApprovals: z.array(z.string()),
  openToolCalls: z.array(z.string()),
  wasDenied: z.boolean(),
  interruptAttempts: z.number().int(),
  stopReason: z.string().nullable(),
  failureReason: z.string().nullable(),
});
export type InspectedContext = Readonly<z.infer<typeof inspectedContext>>;

const plainValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** What a field of a context holds that is no list. */
export type PlainValue = z.infer<typeof plainValue>;

/** How one field of the context changed: a list by what came and went, anything else by what it was and is. */
const contextChange = z.union([
  z.object({ key: z.string(), added: z.array(z.string()), removed: z.array(z.string()) }),
  z.object({
    key: z.string(),
    before: plainValue,
    after: plainValue,
  }),
]);
export type ContextChange = Readonly<z.infer<typeof contextChange>>;

/** A transition that was looked at for an event, in the order in which the machine looks. */
export const consideredTransition = z.object({
  /** The transition's id in the statechart. */
  transition: z.string(),
  guard: z.string().nullable(),
  /** Whether its guard let the event through; one without a guard always does. */
  passed: z.boolean(),
});

const step = z.object({
  event: historyEvent,
  /** The size of a payload that is too large to be sent with its step, in characters; `event.payload` is null then. */
  omittedPayload: z.number().int().nullable(),
  /** False for an event that passes the machine by: it changes nothing there. */
  heard: z.boolean(),
  /** The innermost active states before and after, as ids of the statechart. */
  from: z.array(z.string()),
  to: z.array(z.string()),
  considered: z.array(consideredTransition),
  /** The ids of the transitions that were taken. */
  taken: z.array(z.string()),
  /** The actions these named, in the order they are carried out. */
  actions: z.array(z.string()),
  changes: z.array(contextChange),
});
export type Step = Readonly<z.infer<typeof step>>;

/** Where a machine stands. */
const standing = z.object({ active: z.array(z.string()), context: inspectedContext });
export type Standing = Readonly<z.infer<typeof standing>>;

const stepPage = z.object({
  run: z.number().int(),
  /** The run's last seq at the time of the answer. */
  lastSeq: z.number().int(),
  /** Where the machine stands before the first step of the page. */
  before: standing,
  steps: z.array(step),
});
export type StepPage = Readonly<z.infer<typeof stepPage>>;

const markKinds = ['error', 'approval', 'interrupt', 'end'] as const;

const runOverview = z.object({
  run: z.number().int(),
  runId: z.string(),
  lastSeq: z.number().int(),
  /** Everything up to here is in it; asked for again `after` this, it goes on. */
  upTo: z.number().int(),
  /** Every change of state: what was entered, when, and by which transitions. */
  stays: z.array(
    z.object({
      seq: z.number().int(),
      at: z.number(),
      states: z.array(z.string()),
      by: z.array(z.string()),
    }),
  ),
  /** The events a person looks for. */
  marks: z.array(z.object({ seq: z.number().int(), at: z.number(), kind: z.enum(markKinds) })),
});
export type RunOverview = Readonly<z.infer<typeof runOverview>>;

/** An event that is sent to a copy of the machine. */
const supposedEvent = z.strictObject({ type: z.string().min(1).max(100), payload: z.unknown() });

export const maxStepsOfPage = 500;
const maxSupposedEvents = 100;

/** A run of a session, by its ordinal (from 1). */
export type RunReference = { readonly id: SessionId; readonly run: Ordinal };

/** The steps after a seq, at most `limit` of them. */
export type StepRange = { readonly after: number; readonly limit: number };

/** What is sent to a copy of the machine, which stands where the machine stood after the event with seq `after`. */
const supposition = z.strictObject({
  after: z.number().int().min(0),
  events: z.array(supposedEvent).min(1).max(maxSupposedEvents),
});
export type Supposition = Readonly<z.infer<typeof supposition>>;

const whatIf = z.object({ before: standing, steps: z.array(step) });
export type WhatIf = Readonly<z.infer<typeof whatIf>>;

const runPath = sessionPath.extend({ run: askedOrdinal });
const seqOf = z.coerce.number().int().min(0);

export const inspectionRoutes = {
  steps: {
    method: 'GET',
    path: '/api/sessions/{id}/runs/{run}/steps',
    summary: 'What the machine of a run made of its events, a page at a time: those after a seq',
    parameters: runPath,
    query: z.strictObject({
      after: seqOf.default(0),
      limit: z.coerce.number().int().min(1).max(maxStepsOfPage).default(100),
    }),
    answer: stepPage,
  },
  overview: {
    method: 'GET',
    path: '/api/sessions/{id}/runs/{run}/overview',
    summary: 'The states a run went through and the events to look for, without the steps between',
    parameters: runPath,
    query: z.strictObject({ after: seqOf.default(0) }),
    answer: runOverview,
  },
  whatIf: {
    method: 'POST',
    path: '/api/sessions/{id}/runs/{run}/what-if',
    summary: 'Where a copy of the machine would go from a step of a run; the session is not touched',
    parameters: runPath,
    body: supposition,
    answer: whatIf,
  },
} as const satisfies Record<string, Route>;
