/** Prompts that wait, as lines of a terminal. */
import type { QueuedPrompt, QueueHold } from '../../../actors/protocol/gateway/queue-routes.ts';
import type { Terminal } from '../invocation/terminal.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { dayTime } from './clock-time.ts';

const maxShown = 50;

/** A line for each, cut to the terminal's width, with its place. */
export const queueLines = (
  prompts: readonly QueuedPrompt[],
  { columns, colours }: Pick<Terminal, 'columns' | 'colours'>,
): readonly string[] => {
  const digits = String(Math.min(prompts.length, maxShown)).length;
  const lines = prompts.slice(0, maxShown).map(({ text, parts, evenAfterFailure, at: time }, at) => {
    const attached = parts.length === 0 ? '' : ` [with ${parts.length}]`;
    const even = evenAfterFailure ? ' [even after a failure]' : '';
    const when = time === null ? '' : `[${dayTime(time)}] `;
    return truncate(`${String(at + 1).padStart(digits)}  ${when}${sanitiseLine(text)}${attached}${even}`, columns);
  });
  const more = prompts.length - lines.length;
  return more === 0 ? lines : [...lines, colours.dim(`and ${more.toLocaleString('en')} more`)];
};

/** When the first of them is sent, or why it is not; with the command that sends it, where one is needed. */
export const holdWords = (holds: QueueHold | null, send?: string): string => {
  const yourself = send === undefined ? '' : `: ${send}`;
  switch (holds) {
    case null:
    case 'run':
      return 'the first is sent when the run under way has completed';
    case 'failed':
      return `held, because the last run failed; send the first yourself${yourself}`;
    case 'interrupted':
      return `held, because the last run was interrupted; send the first yourself${yourself}`;
    case 'schedule':
      return 'each is sent at its time';
    case 'restored':
      return 'held until the session is resumed and its run has completed';
  }
};
