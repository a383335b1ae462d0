/** Where a run's machine stood at one of its steps, for `inspect --at`. */

import { durationText } from '../../../actors/model/dashboard/duration.ts';
import { applyChanges } from '../../../actors/model/inspection/apply-changes.ts';
import { drawnRunStatechart } from '../../../actors/model/inspection/statechart/drawn-statechart.ts';
import type { InspectedContext, RunOverview, Step, StepPage } from '../../../actors/protocol/gateway/inspection.ts';
import type { Colours } from '../invocation/terminal.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';
import { changeText, stateName } from './step-table.ts';
import { table } from './table.ts';

export type StandingAt = {
  readonly step: Step;
  /** The states after the step, each parent before its children. */
  readonly active: readonly string[];
  /** Since when the machine was in its innermost state (ms UTC), and at which seq it came there. */
  readonly since: { readonly seq: number; readonly at: number } | null;
  readonly contextBefore: InspectedContext;
  readonly context: InspectedContext;
  /** How long the machine was in each innermost state until then (ms), in the order they were first entered. */
  readonly spent: Readonly<Record<string, number>>;
};

/**
 * Puts together where the machine stood after the only step of a page. `stays` are all that the run made until then,
 * and `beganAt` is when its first event occurred.
 */
export const standingAt = (
  { steps, before }: StepPage,
  { stays, beganAt }: { readonly stays: RunOverview['stays']; readonly beganAt: number },
): StandingAt => {
  const [step] = steps;
  if (step === undefined) throw new RangeError('the page holds a step');
  const parents = new Map(drawnRunStatechart.states.map(({ id, parent }) => [id, parent]));
  const above = (id: string | null): readonly string[] => (id === null ? [] : [...above(parents.get(id) ?? null), id]);
  const since = stays.at(-1) ?? null;
  return {
    step,
    active: step.to.flatMap(above),
    since: since === null ? null : { seq: since.seq, at: since.at },
    contextBefore: before.context,
    context: applyChanges(before.context, step.changes),
    spent: timeInStates([{ states: beginningStates, at: beganAt }, ...stays], step.event.occurredAt),
  };
};

const beginningStates = drawnRunStatechart.states.flatMap(({ parent, initial }) =>
  parent === null && initial !== null ? [initial] : [],
);

type Stay = Pick<RunOverview['stays'][number], 'states' | 'at'>;

const timeInStates = (stays: readonly Stay[], until: number): Record<string, number> => {
  const spent: Record<string, number> = {};
  for (const [index, { states, at }] of stays.entries()) {
    // A clock may have been set back; time spent is never negative.
    const ms = Math.max(0, (stays[index + 1]?.at ?? until) - at);
    for (const state of states) spent[state] = (spent[state] ?? 0) + ms;
  }
  return spent;
};

/** As a person reads it. Everything of the log is sanitised. */
export const standingLines = (standing: StandingAt, colours: Colours): string => {
  const { step, context, since } = standing;
  const { event } = step;
  const moved =
    step.from.join() === step.to.join() ? '' : colours.dim(`  from ${step.from.map((id) => stateName(id)).join(', ')}`);
  const facts: (readonly [string, string])[] = [
    ['event', `${sanitiseLine(event.type)}  ${colours.dim(`${event.run}:${event.seq}, position ${event.position}`)}`],
    ['at', new Date(event.occurredAt).toISOString()],
    ['state', `${colours.bold(step.to.map((id) => stateName(id)).join(', '))}${moved}`],
  ];
  if (since !== null && since.seq < event.seq) {
    facts.push(['for', `${durationText(event.occurredAt - since.at)} (since ${event.run}:${since.seq})`]);
  }
  const considered = step.considered.map(({ transition, guard, passed }) => {
    const mark = passed ? colours.green('✓') : colours.dim('✗');
    return `  ${mark} ${sanitiseLine(transition)}${guard === null ? '' : colours.dim(`  [${guard}]`)}\n`;
  });
  const changed = step.changes.map((change) => `  ${changeText(change)}\n`);
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['Considered', considered],
    ['Actions', step.actions.map((name) => `  ${name}\n`)],
    ['Changed', changed],
    ['Context', contextLines(context)],
    ['Time in each state', spentLines(standing)],
    ['Payload', [payloadText(step)]],
  ];
  return [
    table(facts.map(([key, value]) => [colours.dim(key), value])),
    ...(step.heard ? [] : [colours.dim('The machine does not hear this event.\n')]),
    ...parts.flatMap(([title, lines]) => (lines.length === 0 ? [] : [`\n${colours.bold(title)}\n`, ...lines])),
  ].join('');
};

const contextLines = (context: InspectedContext): readonly string[] =>
  Object.entries(context).map(([key, value]) => `  ${key}: ${sanitiseLine(JSON.stringify(value))}\n`);

const spentLines = ({ spent }: StandingAt): readonly string[] =>
  Object.entries(spent).map(([state, ms]) => `  ${stateName(state)}: ${durationText(ms)}\n`);

const payloadText = ({ event, omittedPayload }: Step): string =>
  omittedPayload === null
    ? `${sanitise(JSON.stringify(event.payload, null, 2)).replace(/^/gm, '  ')}\n`
    : `  ${omittedPayload} characters; history --json shows it\n`;
