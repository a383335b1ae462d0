import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { looks } from '../../../gui/review/colours/code-emitter.ts';
import { createCodeRanges } from '../../../gui/review/colours/code-ranges.ts';
import { languageOf } from '../../../gui/review/model/languages.ts';
import { codeRangesIn } from '../../../gui/review/model/line-looks.ts';
import { createColours } from '../../../gui/review/state/colours.ts';
import { suite } from '../../support/suite.ts';

const test = suite('colours of code');
const codeRanges = createCodeRanges();

const coloured = (text: string, language: string): readonly (readonly [string, string])[] =>
  codeRangesIn(codeRanges(text, language), 0, text.length, looks).map(([from, to, look]) => [
    text.slice(from, to),
    look,
  ]);

test('words, texts, numbers and comments have their colours', () => {
  assert.equal(coloured('const a = "x"; // two\nlet b = 2;\n', 'typescript'), [
    ['const', 'keyword'],
    ['"x"', 'string'],
    ['// two', 'comment'],
    ['let', 'keyword'],
    ['2', 'number'],
  ]);
  assert.equal(coloured('# A\n', 'markdown'), [['# A', 'name']]);
  assert.equal(coloured('<p class="b">text</p>', 'xml').length > 0, true);
});

test('a language within another has its own, in its place', () => {
  const text = '<style>\na { color: #fff; }\n</style>\n<script>\nconst x = 1;\n</script>\n';
  const words = coloured(text, 'xml').map(([word]) => word);
  assert.ok(words.includes('const') && words.includes('1'), words.join('|'));
});

test('a long line stays plain, and those around it keep their colours', () => {
  const text = `let a;\n${'x'.repeat(200_000)}\nlet b;\n`;
  const ranges = codeRanges(text, 'typescript');
  assert.equal([...ranges], [0, 3, 0, 200_008, 200_011, 0]);
});

test('a language that is not known has none', () => {
  assert.is(codeRanges('DIVISION.', 'cobol').length, 0);
  assert.is(languageOf('a.cbl'), null);
  assert.is(languageOf('constructor'), null);
  assert.is(languageOf('a.__proto__'), null);
  assert.is(languageOf('src/a.TSX'), 'typescript');
});

test('whatever a text is, ranges are in order, in it, and do not overlap', () => {
  const languages = ['typescript', 'python', 'xml', 'markdown', 'css', 'bash', 'yaml', 'json', 'c', 'cpp'];
  const pieces = [
    '<script>',
    '</script>',
    '"',
    "'",
    '`',
    '${',
    '}',
    '/*',
    '*/',
    '#',
    '<!--',
    'if',
    '\n',
    '😀',
    '\\',
    '<b>',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...languages),
      fc.array(fc.constantFrom(...pieces), { maxLength: 60 }),
      (language, words) => {
        const text = words.join('');
        const ranges = codeRanges(text, language);
        let last = 0;
        for (let at = 0; at < ranges.length; at += 3) {
          const [from = -1, to = -1, look = -1] = ranges.slice(at, at + 3);
          assert.ok(from >= last && to > from && to <= text.length && look < looks.length);
          last = to;
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** A worker that answers as it is told to. */
const toldWorker = () => {
  const listeners = new Map<string, ((event: MessageEvent<unknown>) => void)[]>();
  const sent: { readonly id: number; readonly text: string }[] = [];
  let ended = 0;
  const worker = {
    addEventListener: (type: string, listener: (event: MessageEvent<unknown>) => void) =>
      listeners.set(type, [...(listeners.get(type) ?? []), listener]),
    postMessage: (message: { readonly id: number; readonly text: string }) => sent.push(message),
    terminate: () => {
      ended += 1;
    },
  };
  const tell = (type: string, data: unknown): void => {
    for (const listener of listeners.get(type) ?? []) listener({ data } as MessageEvent<unknown>);
  };
  return { worker: worker as unknown as Worker, sent, tell, ended: () => ended };
};

test('texts are coloured one after the other, and what answers out of turn is not listened to', async () => {
  const told = toldWorker();
  const colours = createColours(() => told.worker);
  const [one, two] = [colours.ofText('one', 'json'), colours.ofText('two', 'json')];
  assert.equal(
    told.sent.map(({ text }) => text),
    ['one'],
  );
  told.tell('message', { id: 99, ranges: Uint32Array.of(1, 2, 3) });
  told.tell('message', 'garbage');
  told.tell('message', { id: told.sent[0]?.id, ranges: Uint32Array.of(0, 3, 1) });
  assert.equal(await one, Uint32Array.of(0, 3, 1));
  assert.equal(
    told.sent.map(({ text }) => text),
    ['one', 'two'],
  );
  told.tell('error', null);
  assert.is(await two, null);
  assert.is(await colours.ofText('three', 'json'), null, 'a worker that does not come is not asked for again');
  assert.is(told.ended(), 1);
});

test('without workers everything is plain', async () => {
  const colours = createColours(() => {
    throw new Error('no workers');
  });
  assert.is(await colours.ofText('one', 'json'), null);
});

test.run();
