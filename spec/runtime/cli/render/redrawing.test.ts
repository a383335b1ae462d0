import { equal, is } from 'uvu/assert';
import { colourless } from '../../../../runtime/cli/invocation/terminal.ts';
import { createRedrawing } from '../../../../runtime/cli/render/redrawing.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('a text that is drawn again in its place');

const drawnAt = async (columns: number, rows: number, ...texts: readonly string[]): Promise<readonly string[]> => {
  const written: string[] = [];
  const redrawing = createRedrawing({
    colours: colourless,
    screen: () => ({ columns, rows }),
    write: async (text) => void written.push(text),
  });
  for (const text of texts) await redrawing.draw(text);
  await redrawing.end();
  return written;
};

test('it takes a screen of its own once, and gives the person’s back', async () => {
  const written = await drawnAt(20, 5, 'one\ntwo\n', 'one\n');
  equal(written, [
    '\u001b[?1049h\u001b[?25l\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J',
    '\u001b[Hone\u001b[K\u001b[J',
    '\u001b[?25h\u001b[?1049l',
  ]);
});

test('what the screen has no room for is cut, with a word on how much that is; a cut line loses its colours', async () => {
  const [first = ''] = await drawnAt(10, 3, `\u001b[1m${'wide '.repeat(4)}\u001b[22m\n1\n2\n3\n`);
  is(first, '\u001b[?1049h\u001b[?25l\u001b[Hwide wide…\u001b[K\r\n1\u001b[K\r\n… 2 lines…\u001b[K\u001b[J');
  equal(await drawnAt(10, 3), []);
});

test.run();
