/** A text at a terminal that is drawn again in its place, cut to what the screen has room for. */
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../invocation/terminal.ts';
import { displayWidth, truncate } from '../text/display-width.ts';

const beginScreen = '\u001b[?1049h\u001b[?25l';
const endScreen = '\u001b[?25h\u001b[?1049l';
const toTheTop = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

export const createRedrawing = ({
  write,
  colours,
  screen,
}: Pick<Terminal, 'write' | 'colours' | 'screen'>): {
  readonly draw: (text: string) => Promise<void>;
  /** Gives the person's own screen back. */
  readonly end: () => Promise<void>;
} => {
  let hasBegun = false;
  return {
    draw: async (text) => {
      const { columns, rows } = screen();
      const lines = text.trimEnd().split('\n');
      const left = lines.length - rows;
      const shown =
        left <= 0
          ? lines
          : [...lines.slice(0, rows - 1), colours.dim(`… ${left + 1} lines more: a larger terminal has them`)];
      // One that is too wide would take a second line, and all below it would be in the wrong place.
      const fits = (line: string): boolean => displayWidth(line) <= columns;
      const cut = (line: string): string => (fits(line) ? line : truncate(stripVTControlCharacters(line), columns));
      const drawn = shown.map((line) => `${cut(line)}${clearLine}`).join('\r\n');
      await write(`${hasBegun ? '' : beginScreen}${toTheTop}${drawn}${clearBelow}`);
      hasBegun = true;
    },
    end: async () => {
      if (hasBegun) await write(endScreen);
    },
  };
};
