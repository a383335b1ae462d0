import type { Payload } from '../../../actors/protocol/facts/events.ts';
import { truncate } from '../text/display-width.ts';
import { jsonLine } from '../text/json-line.ts';
import { sanitiseLine } from '../text/sanitise.ts';

const maxColumns = 120;

/** What the agent and the program do to keep each other informed; of no interest to a reader of the work. */
const plumbing = new Set(['agent_started', 'file_read', 'file_written', 'file_missing']);

/** A note in a line; null for one that only the log needs. */
export const noteLine = (payload: Payload<'note'>): string | null => {
  const { note, ...facts } = payload;
  const fact = (name: string): string => String(facts[name] ?? '');
  if (plumbing.has(note)) return null;
  switch (note) {
    case 'conversation':
      return facts.how === 'begun' ? null : line(`the conversation was ${fact('how')}`);
    case 'conversation_replayed':
      return line(`the agent told its conversation again (${fact('updates')} updates, ${fact('recovered')} were new)`);
    case 'client_request_failed':
      return line(`${fact('method')} was refused: ${fact('message')}`);
    case 'terminal_created':
      return line(`terminal: ${[facts.command, ...listed(facts.arguments)].map(String).join(' ')}`);
    default:
      // What an agent says about itself: its commands, its modes, its title.
      if (note.endsWith('_update')) return null;
      return line([note, ...Object.entries(facts).map(([name, value]) => `${name} ${factText(value)}`)].join(' · '));
  }
};

const factText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : jsonLine(value);

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const line = (text: string): string => truncate(sanitiseLine(text), maxColumns);
