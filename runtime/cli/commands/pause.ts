/** `pause` and `continue`: a run that waits, and goes on in the same conversation. */
import type { ExitCode } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { nearTime } from '../render/clock-time.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { steer } from './steer.ts';

export type PauseOptions = { readonly until?: number };
export type ContinueOptions = { readonly at?: number };

/** `pause`: holds the run under way, or says until when one waits that is paused already. */
export const pause = (invocation: Invocation, given: string, { until }: PauseOptions): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, shortId, row }) => {
    await client.call('pause', { parameters: { id }, body: until === undefined ? {} : { until } });
    const name = sanitiseLine(row.name);
    return {
      say: `${name} is paused${until === undefined ? '' : ` until ${timeWords(until)}`}.`,
      next: ['Have it go on:', invocation.suggest('continue', shortId)],
      facts: { until: until ?? null },
    };
  });

/** `continue`: has a paused run go on, now or at a time. */
export const goOn = (invocation: Invocation, given: string, { at }: ContinueOptions): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, shortId, row }) => {
    await client.call('continue', { parameters: { id }, body: at === undefined ? {} : { at } });
    const name = sanitiseLine(row.name);
    return {
      say: at === undefined ? `${name} goes on.` : `${name} goes on at ${timeWords(at)}.`,
      next: ['Watch it:', invocation.suggest('history', shortId, '--follow')],
      facts: { at: at ?? null },
    };
  });

const timeWords = (at: number): string => nearTime(at, Date.now());
