/** A run's steps as a file in the shape of XState's inspection events, one JSON object a line. */

import { toInspectionEvents } from '../../../actors/model/inspection/exchange.ts';
import { maxStepsOfPage, type StepPage } from '../../../actors/protocol/gateway/inspection.ts';
import { chart } from '../model/chart.ts';
import type { InspectorSource } from './inspector-source.ts';

/** Reads the whole run, page by page. */
export const exportRun = async (source: InspectorSource, run: number, name: string): Promise<Blob> => {
  const pages: StepPage[] = [];
  for (let after = 0; ; ) {
    const page = await source.steps(run, after, maxStepsOfPage);
    pages.push(await withPayloads(source, page));
    after += page.steps.length;
    if (page.steps.length === 0 || after >= page.lastSeq) break;
  }
  const runId = pages[0]?.steps[0]?.event.runId ?? '';
  const lines = Array.from(
    toInspectionEvents({ name, runId, statechart: chart }, pages),
    (event) => `${JSON.stringify(event)}\n`,
  );
  return new Blob(lines, { type: 'application/x-ndjson' });
};

/** With the payloads that are too large to come with their steps: a file has nobody to ask for them. */
const withPayloads = async (source: InspectorSource, page: StepPage): Promise<StepPage> => {
  const steps: StepPage['steps'] = [];
  for (const step of page.steps) {
    const { run, seq } = step.event;
    if (step.omittedPayload === null) steps.push(step);
    else
      steps.push({
        ...step,
        omittedPayload: null,
        event: { ...step.event, payload: await source.payload({ run, seq }) },
      });
  }
  return { ...page, steps };
};

/** Gives a file to the person, as a download. */
export const save = (blob: Blob, fileName: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  // The download has begun with the click; the browser keeps what it needs.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};
