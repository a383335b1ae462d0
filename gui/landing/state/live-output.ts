/**
 * What the commands of a session say while they run: the end of it, bounded. It is followed from where the first of them
 * began, so that what was said before somebody looked is there, too.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { Connection } from '../../connection/connection.ts';
import { sourceOf } from '../../session/state/session-source.ts';

export type LiveOutput = {
  /** The end of what each command said, by its id. */
  readonly tails: ReadonlySignal<ReadonlyMap<string, string>>;
  readonly close: () => void;
};

export type LiveOutputOptions = {
  /** Everything after this position of the log. */
  readonly after: number;
  /** Something became of the work that is no output. */
  readonly onWork: () => void;
};

const keptCharacters = 16_000;

export const followOutput = (connection: Connection, id: string, { after, onWork }: LiveOutputOptions): LiveOutput => {
  const tails = signal<ReadonlyMap<string, string>>(new Map());
  let position = after;
  const { close } = sourceOf(connection, id).tail({
    after: () => position,
    onState: () => {},
    onEvent: (event) => {
      position = Math.max(position, event.position);
      const said = saidIn(event);
      if (said === null) {
        if (event.run === 0) onWork();
        return;
      }
      tails.value = new Map(tails.value).set(said.commandId, tailOf(tails.value.get(said.commandId) ?? '', said.text));
    },
  });
  return Object.freeze({ tails, close } satisfies LiveOutput);
};

/** The end of both together. */
export const tailOf = (before: string, more: string): string => (before + more).slice(-keptCharacters);

const saidIn = ({ type, payload }: HistoryEvent): { readonly commandId: string; readonly text: string } | null => {
  if (type !== 'command_output' || typeof payload !== 'object' || payload === null) return null;
  const [commandId, text] = [Reflect.get(payload, 'commandId'), Reflect.get(payload, 'text')];
  return typeof commandId === 'string' && typeof text === 'string' ? { commandId, text } : null;
};
