/**
 * The steps of a run that are held: pages of a fixed length, of which those that were not looked at for longest go. Each
 * step comes with the context before and after it.
 */

import { applyChanges } from '../../../actors/model/inspection/apply-changes.ts';
import type { InspectedContext, Step, StepPage } from '../../../actors/protocol/gateway/inspection.ts';

/** A step, and what the machine remembered before and after it. */
export type ShownStep = {
  readonly step: Step;
  readonly before: InspectedContext;
  readonly after: InspectedContext;
};

export type StepBook = {
  /** The step of an event, if it is held. */
  readonly at: (seq: number) => ShownStep | null;
  /** The seq after which to ask for the steps around an event, and how many; null when it is held. */
  readonly missing: (seq: number) => { readonly after: number; readonly limit: number } | null;
  /** Takes what was asked for. A page that goes on where a held one ended is put to it. */
  readonly take: (after: number, page: StepPage) => void;
};

export const stepsOfPage = 100;
const mostPages = 16;

export const createStepBook = (): StepBook => {
  /** By number, the one that was looked at last at the end. */
  const pages = new Map<number, readonly ShownStep[]>();
  const numberOf = (seq: number): number => Math.floor((seq - 1) / stepsOfPage);

  const held = (number: number): readonly ShownStep[] => {
    const page = pages.get(number);
    if (page === undefined) return [];
    pages.delete(number);
    pages.set(number, page);
    return page;
  };

  return {
    at: (seq) => held(numberOf(seq))[(seq - 1) % stepsOfPage] ?? null,
    missing: (seq) => {
      const number = numberOf(seq);
      const count = pages.get(number)?.length ?? 0;
      if (count > (seq - 1) % stepsOfPage) return null;
      return { after: number * stepsOfPage + count, limit: stepsOfPage - count };
    },
    take: (after, page) => {
      const number = Math.floor(after / stepsOfPage);
      const known = held(number);
      // Asked for twice, or of a page that has gone meanwhile: then it is asked for again when it is looked at.
      if (known.length !== after % stepsOfPage) return;
      pages.set(number, [...known, ...withContexts(page)]);
      for (const oldest of pages.keys()) {
        if (pages.size <= mostPages) break;
        pages.delete(oldest);
      }
    },
  };
};

/** Steps with the context before and after each. */
export const withContexts = ({
  before,
  steps,
}: {
  readonly before: { readonly context: InspectedContext };
  readonly steps: readonly Step[];
}): readonly ShownStep[] => {
  let { context } = before;
  return steps.map((step) => {
    const shown = { step, before: context, after: applyChanges(context, step.changes) };
    context = shown.after;
    return shown;
  });
};
