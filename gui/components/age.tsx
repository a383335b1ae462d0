import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { compactAge } from '../../actors/model/dashboard/age.ts';
import { fullTime } from '../state/time.ts';
import { useSurroundings } from './surroundings.ts';

/** How long ago something was, kept up to date by the window's one clock. */
export const Age = ({ at, class: className }: { readonly at: number; readonly class?: string }) => {
  const { now } = useSurroundings().clock;
  // The text is bound to the signal: a tick changes a text node, and only where the word changes. Made anew for another
  // moment: a computed of before would not know of it until the next tick.
  const word = useMemo(() => computed(() => compactAge(at, now.value)), [at, now]);
  return (
    <time class={className} dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {word}
    </time>
  );
};
