/**
 * What an agent tells beside its work, as a sentence: how its conversation was opened, what can be chosen of it, that it
 * tries again. Without the schemas, so that the window can say it too: what does not fit reads as missing.
 */
import type { EventType } from './events.ts';

type Fields = Readonly<Record<string, unknown>>;

const sentences = {
  conversation: (told) => {
    const anew = 'the agent could not take the conversation up: a new one was begun';
    const how = told.how === 'begun' ? null : told.how === 'begun_anew' ? anew : `the conversation was ${told.how}`;
    const asks = told.asks === false ? 'this agent does not ask before it acts' : null;
    return [how, asks].filter((part) => part !== null).join('; ') || null;
  },
  recap: () => 'the new conversation was told what was said and done in the one before',
  title: (told) => `the agent calls this “${word(told.title)}”`,
  commands: () => null,
  options: () => null,
  retry: (told) => {
    const of = told.of === undefined ? '' : ` of ${word(told.of)}`;
    const attempt = told.attempt === undefined ? '' : ` (${word(told.attempt)}${of})`;
    return `the agent tries again${attempt}: ${word(told.message)}`;
  },
  limit: (told) => {
    const used = typeof told.utilization === 'number' ? `, ${Math.round(told.utilization * 100)} % used` : '';
    return `limit ${word(told.name ?? 'of the model')}: ${word(told.status)}${used}`;
  },
  notice: (told) => word(told.text),
  paused: (told) => pausedLine(told),
  continued: (told) => (told.by === 'person' ? 'it goes on, as a person said' : 'it goes on by itself'),
  compaction: (told) => `the agent makes its conversation shorter${told.status ? `: ${word(told.status)}` : ''}`,
} as const satisfies { readonly [Type in EventType]?: (told: Fields) => string | null };

export type ToldType = keyof typeof sentences;

export const isToldType = (type: string): type is ToldType => Object.hasOwn(sentences, type);

/** The sentence of such an event; null for one that only the log needs. */
export const toldLine = (type: ToldType, payload: unknown): string | null =>
  sentences[type](typeof payload === 'object' && payload !== null ? (payload as Fields) : {});

const causes: Readonly<Record<string, string>> = {
  limit: 'paused at a limit',
  service: 'paused, as the model’s service failed',
  connection: 'paused, as the connection was lost',
  flood: 'paused, as the agent asked its model without end',
  person: 'paused by a person',
};

const pausedLine = ({ why, message, attempt }: Fields): string => {
  const cause = (typeof why === 'string' && causes[why]) || 'paused';
  const again = typeof attempt === 'number' && attempt > 1 ? `, for the ${attempt}. time in a row` : '';
  return `${cause}${again}${typeof message === 'string' && message !== '' ? `: ${message}` : ''}`;
};

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '?');
