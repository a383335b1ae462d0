/**
 * An agent's plan, whole after each operation on it. An agent has one plan without a name, or several with ids of their
 * own; the log always has all entries of all of them, in the order in which the plans appeared.
 */
import * as z from 'zod';
import type { Payload } from '../../protocol/facts/events.ts';
import { fieldsOf, readEach, textIn } from './lenient.ts';

type Entry = Payload<'plan'>['entries'][number];
/** Entries by the id of their plan; the one without a name has the empty id. */
export type Plans = ReadonlyMap<string, readonly Entry[]>;

const maxPlans = 20;
const maxEntries = 200;
const maxContentCharacters = 2_000;

const entry = z.looseObject({ content: z.string(), priority: z.unknown().optional(), status: z.unknown().optional() });

/** The plans after an operation, and what of it could not be read; null when it is no operation on a plan. */
export const operateOnPlans = (
  plans: Plans,
  update: unknown,
): { readonly plans: Plans; readonly odd: readonly unknown[] } | null => {
  const { sessionUpdate, entries, plan, planId } = fieldsOf(update);
  switch (sessionUpdate) {
    case 'plan':
      return Array.isArray(entries) ? withPlan(plans, '', readEntries(entries)) : null;
    case 'plan_update': {
      const content = fieldsOf(plan);
      const id = textIn(content.planId, 200);
      const read = id === undefined ? null : readContent(content);
      return id === undefined || read === null ? null : withPlan(plans, id, read);
    }
    case 'plan_removed': {
      if (typeof planId !== 'string') return null;
      const left = new Map(plans);
      left.delete(planId.slice(0, 200));
      return { plans: left, odd: [] };
    }
    default:
      return null;
  }
};

/** All entries of all plans. */
export const wholePlan = (plans: Plans): Entry[] => [...plans.values()].flat().slice(0, maxEntries);

type ReadPlan = { readonly entries: readonly Entry[]; readonly odd: readonly unknown[] };

const withPlan = (plans: Plans, id: string, { entries, odd }: ReadPlan) => {
  // A plan keeps the place where it appeared; beyond the bound the oldest goes.
  const after = new Map(plans).set(id, entries);
  const [oldest] = after.keys();
  if (after.size > maxPlans && oldest !== undefined) after.delete(oldest);
  return { plans: after, odd };
};

const readContent = (content: Readonly<Record<string, unknown>>): ReadPlan | null => {
  switch (content.type) {
    case 'items':
      return Array.isArray(content.entries) ? readEntries(content.entries) : null;
    case 'markdown':
      return typeof content.content === 'string' ? { entries: entriesOfMarkdown(content.content), odd: [] } : null;
    case 'file': {
      const uri = textIn(content.uri, maxContentCharacters);
      return uri === undefined ? null : { entries: [{ content: uri, status: 'pending' }], odd: [] };
    }
    default:
      return null;
  }
};

const readEntries = (list: readonly unknown[]): ReadPlan => {
  const { values, odd } = readEach(entry, list, maxEntries);
  const entries = values.map(({ content, priority, status }) => {
    const word = textIn(priority, 50);
    return {
      content: content.slice(0, maxContentCharacters),
      ...(word === undefined ? {} : { priority: word }),
      status: textIn(status, 50) ?? 'pending',
    };
  });
  return { entries, odd };
};

/** The boxes of a task list; a text without any is one entry. */
const entriesOfMarkdown = (text: string): readonly Entry[] => {
  const boxes = text
    .slice(0, 100_000)
    .split('\n')
    .flatMap((line): Entry[] => {
      const box = /^\s{0,20}[-*+] \[([ xX])\] (.+)$/u.exec(line);
      return box?.[2] === undefined
        ? []
        : [{ content: box[2].slice(0, maxContentCharacters), status: box[1] === ' ' ? 'pending' : 'completed' }];
    });
  if (boxes.length > 0) return boxes.slice(0, maxEntries);
  return text.trim() === '' ? [] : [{ content: text.trim().slice(0, maxContentCharacters), status: 'pending' }];
};
