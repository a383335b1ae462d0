import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Item } from '../model/item.ts';
import { useSession } from '../state/session-context.ts';
import { shortLine } from '../text/visible.ts';

const everyMs = 3000;

/** Tells a screen reader what matters as it happens: the newest such thing, and not more often than it can be heard. */
export const Announcer = () => {
  const { state } = useSession();
  const said = useSignal('');
  const known = useRef<string | null>(null);
  const items = state.timeline.value?.items;

  useEffect(() => {
    if (items === undefined) return;
    const timer = setTimeout(() => {
      const newest = items.findLast((item) => sentenceOf(item) !== null);
      if (newest === undefined) return;
      const isFirst = known.current === null;
      const isNews = known.current !== newest.key;
      known.current = newest.key;
      if (isNews && !isFirst) said.value = sentenceOf(newest) ?? '';
    }, everyMs);
    return () => clearTimeout(timer);
  }, [items]);

  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {said.value}
    </p>
  );
};

const maxCharacters = 160;

const sentenceOf = (item: Item): string | null => {
  switch (item.kind) {
    case 'approval':
      return item.resolution === null ? `Approval wanted: ${shortLine(item.title, maxCharacters)}` : null;
    case 'error':
      return `Error: ${shortLine(item.message, maxCharacters)}`;
    case 'end':
      return `Run ${item.run} ${item.outcome}`;
    case 'message':
      return `Agent: ${shortLine(item.text, maxCharacters)}`;
    default:
      return null;
  }
};
