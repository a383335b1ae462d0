import { useComputed } from '@preact/signals';
import { compactAge } from '../../actors/protocol/age.ts';
import { now } from '../clock.ts';
import { fullTime } from '../state/time.ts';

/** How long ago something was, kept up to date by the window's one clock. */
export const Age = ({ at, class: className }: { readonly at: number; readonly class?: string }) => {
  // The text is bound to the signal: a tick changes a text node, and only where the word changes.
  const word = useComputed(() => compactAge(at, now.value));
  return (
    <time class={className} dateTime={new Date(at).toISOString()} title={fullTime(at)} key={at}>
      {word}
    </time>
  );
};
