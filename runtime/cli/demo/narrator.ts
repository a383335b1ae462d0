import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Terminal } from '../invocation/terminal.ts';

export type Narrator = {
  /** A new part of the story. */
  readonly chapter: (title: string) => Promise<void>;
  readonly say: (text: string) => Promise<void>;
  /** A command as a person would type it. */
  readonly command: (text: string) => Promise<void>;
  /** Says what is true, after having checked it; a claim that does not hold ends the demo. */
  readonly claim: (sentence: string, holds: boolean) => Promise<void>;
};

const pauseMs = 500;

/** Tells the demo's story at a pace that can be read; where nobody looks, without pauses. */
export const createNarrator = ({ colours, isTerminal, writeLine }: Terminal): Narrator => {
  const pause = async (): Promise<void> => {
    if (isTerminal) await delay(pauseMs);
  };
  return {
    chapter: async (title) => {
      await writeLine(`\n${colours.bold(title)}`);
      await pause();
    },
    say: async (text) => {
      await writeLine(text);
      await pause();
    },
    command: async (text) => {
      await writeLine(colours.dim('$ ') + colours.cyan(text));
      await pause();
    },
    claim: async (sentence, holds) => {
      if (!holds) {
        throw new ThroughlineError('verify.failed', `the demo claims "${sentence}", and that does not hold`, {
          hint: 'this is a bug in Throughline: please report it with the output above',
        });
      }
      await writeLine(`${colours.green('✓')} ${sentence}`);
    },
  };
};
