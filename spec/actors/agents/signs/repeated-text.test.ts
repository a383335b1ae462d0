import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { markRepeated, nothingTold } from '../../../../actors/agents/signs/repeated-text.ts';
import { fact, type Payload, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import { toTimestamp } from '../../../../actors/protocol/facts/ids.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('text that a retry tells again');
const at = toTimestamp(0);
const halfCharacter = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

const say = (text: string, messageId?: string): RunFact =>
  fact('message', { text, ...(messageId === undefined ? {} : { messageId }) }, at);
const retry = fact('retry', { message: 'the stream broke' }, at);
const tool = fact('tool_call', { toolCallId: 'a' }, at);

const marked = (facts: readonly RunFact[]): readonly RunFact[] => {
  let told = nothingTold;
  return facts.flatMap((next) => {
    const result = markRepeated(told, next);
    told = result.told;
    return result.facts;
  });
};

const spoken = (facts: readonly RunFact[]): readonly Payload<'message'>[] =>
  facts.flatMap((next) => (next.type === 'message' || next.type === 'thinking' ? [next.payload] : []));
/** What was marked stands in brackets. */
const drawn = (facts: readonly RunFact[]): string =>
  spoken(marked(facts))
    .map(({ text, repeated }) => (repeated ? `[${text}]` : text))
    .join('|');

test('after a retry the same text is marked, however it is cut, and what goes on is not', () => {
  assert.is(
    drawn([say('One two '), say('three'), retry, say('One'), say(' two three four')]),
    'One two |three|[One]|[ two three]| four',
  );
  assert.is(
    drawn([say('One '), retry, say('One '), retry, say('One '), retry, say('One two')]),
    'One |[One ]|[One ]|[One ]|two',
  );
});

test('a retry that says something else is new, and the next one is compared with that', () => {
  assert.is(
    drawn([say('One two'), retry, say('Three four'), retry, say('Three four')]),
    'One two|Three four|[Three four]',
  );
});

test('without a word of a retry a long beginning that comes again is one, with other ids and with none', () => {
  const long = 'Some words before it went wrong. ';
  assert.is(drawn([say(long), say(long), say(`${long}More`)]), `${long}|[${long}]|[${long}]|More`);
  assert.is(drawn([say(long, 'a'), say(long, 'b')]), `${long}|[${long}]`);
});

test('short words that come again by themselves are no repetition', () => {
  for (const text of ['ha ', '    }\n', 'Done. ']) {
    assert.is(drawn([say(text, 'a'), say(text, 'b'), say(text)]), `${text}|${text}|${text}`);
  }
});

test('what is said after a tool call is said anew', () => {
  const long = 'I look into the next of the files. ';
  assert.is(drawn([say(long), tool, say(long)]), `${long}|${long}`);
  assert.is(drawn([say(long), retry, tool, say(long)]), `${long}|${long}`);
});

test('no text is ever dropped, changed or cut through a character, whatever comes', () => {
  const text = fc.oneof(fc.constantFrom('a', 'ab', 'The same beginning of a text, and on', '😀', '😁'), fc.string());
  const event = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(text, fc.option(fc.constantFrom('m1', 'm2'), { nil: undefined }))
        .map(([words, id]) => say(words, id)),
    },
    { weight: 2, arbitrary: fc.constant(retry) },
    { weight: 1, arbitrary: fc.constant(tool) },
    { weight: 1, arbitrary: text.map((words) => fact('thinking', { text: words }, at)) },
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (facts) => {
      const after = marked(facts);
      for (const type of ['message', 'thinking'] as const) {
        const textOf = (all: readonly RunFact[]): string =>
          spoken(all.filter((next) => next.type === type))
            .map(({ text: words }) => words)
            .join('');
        assert.is(textOf(after), textOf(facts));
      }
      assert.equal(
        after.filter(({ type }) => type === 'retry' || type === 'tool_call'),
        facts.filter(({ type }) => type === 'retry' || type === 'tool_call'),
      );
      for (const { text: words } of spoken(after)) assert.not.match(words, halfCharacter);
    }),
  );
});

test('a stream that breaks anywhere, again and again, is told once', () => {
  const pieces = fc.array(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(pieces, fc.array(fc.nat({ max: 12 }), { maxLength: 4 }), (answer, breaks) => {
      const tries = [...breaks.map((count) => answer.slice(0, count)), answer];
      const facts = tries.flatMap((tried) => [...tried.map((piece) => say(piece)), retry]);
      const once = spoken(marked(facts)).filter(({ repeated }) => repeated !== true);
      assert.is(once.map(({ text }) => text).join(''), answer.join(''));
    }),
  );
});

test.run();
