/**
 * How an agent makes its conversation shorter: each compaction by its id, from where it begins in the history to its
 * end. The pieces of its summary are joined, and told with its next state.
 */

import { type BoundedText, createBoundedText } from '../../model/run/bounded-text.ts';
import type { Payload } from '../../protocol/facts/events.ts';
import { textOf } from './content-block.ts';
import { fieldsOf, textIn } from './lenient.ts';

type Compaction = {
  status: string;
  error: string | null;
  summary: BoundedText;
  toldStatus: string | null;
  hasNews: boolean;
};

const maxCompactions = 100;

export const createCompactions = (maxStoredTextBytes: number) => {
  const compactions = new Map<string, Compaction>();

  const of = (id: string): Compaction => {
    const known = compactions.get(id);
    if (known !== undefined) return known;
    const begun = {
      status: 'in_progress',
      error: null,
      summary: createBoundedText(maxStoredTextBytes),
      toldStatus: null,
      hasNews: true,
    };
    compactions.set(id, begun);
    const [oldest] = compactions.keys();
    if (compactions.size > maxCompactions && oldest !== undefined) compactions.delete(oldest);
    return begun;
  };

  const tell = (id: string, compaction: Compaction): Payload<'compaction'> => {
    compaction.hasNews = false;
    compaction.toldStatus = compaction.status;
    return {
      compactionId: id,
      status: compaction.status,
      ...(compaction.summary.isEmpty() ? {} : { summary: compaction.summary.stored() }),
      ...(compaction.error === null ? {} : { error: compaction.error }),
    };
  };

  return {
    /** What an update says that is to be told now: nothing or one payload; null when it is none of a compaction. */
    update: (update: unknown): readonly Payload<'compaction'>[] | null => {
      const { sessionUpdate, compactionId, status, summary, error, content } = fieldsOf(update);
      const id = textIn(compactionId, 200);
      if (id === undefined) return null;
      const isFirst = !compactions.has(id);
      if (sessionUpdate === 'compaction_summary_chunk') {
        const compaction = of(id);
        // Its place is where it began: that it did is told at once, and what its summary says when it is whole.
        const told = isFirst ? [tell(id, compaction)] : [];
        compaction.summary.append(shown(content));
        compaction.hasNews = true;
        return told;
      }
      const word = textIn(status, 50);
      if (sessionUpdate !== 'compaction_update' || word === undefined) return null;
      const compaction = of(id);
      compaction.status = word;
      if (error !== undefined) compaction.error = textIn(error, 1_000) ?? null;
      if (summary !== undefined) {
        compaction.summary = createBoundedText(maxStoredTextBytes);
        for (const block of Array.isArray(summary) ? summary.slice(0, 1_000) : [])
          compaction.summary.append(shown(block));
        compaction.hasNews = true;
      }
      return compaction.hasNews || compaction.toldStatus !== word ? [tell(id, compaction)] : [];
    },

    /** Summaries that no state followed yet, for the end of a run. */
    flush: (): readonly Payload<'compaction'>[] =>
      [...compactions].flatMap(([id, compaction]) => (compaction.hasNews ? [tell(id, compaction)] : [])),
  };
};

/** A block of a summary as text: what is no text is named. */
const shown = (block: unknown): string => textOf(block) ?? `[${textIn(fieldsOf(block).type, 50) ?? 'unknown'}]`;
