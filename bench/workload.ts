/** What a working agent says, over and over: mostly text, some tool calls; about 270 bytes of payload an event. */
import { fact, type RunFact } from '../actors/protocol/facts/events.ts';
import type { Timestamp } from '../actors/protocol/facts/ids.ts';

const words = 'the session writes what it does into one log and every reader finds it there in the order it happened';

const text = (seed: number, length: number): string => {
  const start = (seed * 31) % words.length;
  return (words.slice(start) + words.repeat(Math.ceil(length / words.length))).slice(0, length);
};

/** The n-th event of a run that works, from 0. The same number always gives the same event, its time apart. */
export const workEvent = (index: number, at: Timestamp): RunFact => {
  const toolCallId = `call-${Math.floor(index / 20)}-${index % 2}`;
  switch (index % 20) {
    case 4:
    case 5:
      return fact(
        'tool_call',
        { toolCallId, title: text(index, 60), kind: 'edit', status: 'in_progress', input: { path: text(index, 90) } },
        at,
      );
    case 8:
    case 9:
      return fact('tool_result', { toolCallId, status: 'completed', output: { text: text(index, 260) } }, at);
    case 12:
      return fact('plan', { entries: [0, 1, 2].map((step) => ({ content: text(step, 60), status: 'pending' })) }, at);
    case 16:
      return fact('usage', { used: 1_000 + index, size: 200_000 }, at);
    default:
      return fact(index % 5 === 0 ? 'thinking' : 'message', { text: text(index, 250), messageId: `m-${index}` }, at);
  }
};
