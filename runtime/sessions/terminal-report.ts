/**
 * What a command in a terminal says, told to the session's thread while it runs: never more than the log keeps. Its
 * beginning is told live, at most once in a quarter of a second; from where the log's bound is reached on, nothing more
 * until its end, which has the whole as it is stored. So a flood is two bounded texts, however long it goes on, and
 * needs no credit: a terminal is only ever made when that thread asks for one.
 */
import { createBoundedText } from '../../actors/model/run/bounded-text.ts';
import type { TerminalExit, ToSession } from '../../actors/protocol/threads/session-messages.ts';

export type TerminalNews = Extract<ToSession, { readonly kind: 'terminal_output' | 'terminal_ended' }>;

const everyMs = 250;

export const createTerminalReport = (options: {
  readonly terminalId: string;
  /** How much of its output the log keeps, in bytes. */
  readonly maxStoredTextBytes: number;
  readonly tell: (news: TerminalNews) => void;
}) => {
  const { terminalId, maxStoredTextBytes: maxBytes, tell } = options;
  // A character may come in two pieces; what is no UTF-8 is shown as such, for here it is only read.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  const whole = createBoundedText(maxBytes);
  let news = '';
  let characters = 0;
  let resting: NodeJS.Timeout | undefined;
  let ended = false;

  const tellNews = (): void => {
    if (news === '') return;
    tell({ kind: 'terminal_output', terminalId, text: news });
    news = '';
  };

  const rest = (): void => {
    resting = setTimeout(() => {
      resting = undefined;
      if (news === '') return;
      tellNews();
      rest();
    }, everyMs);
  };

  const add = (text: string): void => {
    whole.append(text);
    const piece = text.slice(0, Math.max(0, maxBytes - characters));
    characters += piece.length;
    news += piece;
  };

  return {
    /** More of its output; after its end it is not told any more. */
    add: (bytes: Buffer): void => {
      if (ended) return;
      add(utf8.decode(bytes, { stream: true }));
      if (resting !== undefined || news === '') return;
      tellNews();
      rest();
    },
    /** The command has ended: what it said that was not told, and how it ended. */
    end: (exit: TerminalExit): void => {
      if (ended) return;
      add(utf8.decode());
      ended = true;
      clearTimeout(resting);
      tellNews();
      tell({ kind: 'terminal_ended', terminalId, exit, output: whole.isEmpty() ? null : whole.stored() });
    },
  };
};
