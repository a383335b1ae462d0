import { equal, is, match, throws } from 'uvu/assert';
import {
  boundedForm,
  checkedAnswers,
  formFields,
  typedAnswers,
} from '../../../../actors/protocol/asked/answer-form.ts';
import { asThroughlineError, type ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('the form of an answer');

const form = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 2, maxLength: 4 },
    mail: { type: 'string', format: 'email' },
    page: { type: 'string', format: 'uri' },
    day: { type: 'string', format: 'date' },
    db: { type: 'string', oneOf: [{ const: 'pg', title: 'Postgres', description: 'a server' }, { const: 'lite' }] },
    port: { type: 'integer', minimum: 1, maximum: 10 },
    ratio: { type: 'number' },
    sure: { type: 'boolean', default: true },
    tags: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string', enum: ['a', 'b', 'c,d'] } },
    odd: { type: '_hologram' },
  },
  required: ['db'],
};

const refusal = (act: () => unknown): ThroughlineError => {
  try {
    act();
  } catch (thrown) {
    return asThroughlineError(thrown);
  }
  throw new Error('nothing was refused');
};

test('each field has its kind, and one of a kind that is not known is known as such', () => {
  equal(
    formFields(form).map(({ name, kind, isNeeded }) => `${name} ${kind}${isNeeded ? ' needed' : ''}`),
    [
      'name text',
      'mail text',
      'page text',
      'day text',
      'db choice needed',
      'port number',
      'ratio number',
      'sure switch',
      'tags choices',
      'odd unknown',
    ],
  );
});

test('answers that fit are taken, and no suggestion answers for a person', () => {
  const answers = {
    name: 'Ann',
    mail: 'a@b.example',
    page: 'https://x.example',
    day: '2026-11-30',
    db: 'pg',
    port: 3,
    ratio: 0.5,
    sure: false,
    tags: ['a', 'b'],
  };
  equal(checkedAnswers(form, answers), answers);
  equal(checkedAnswers(form, { db: 'lite' }), { db: 'lite' });
});

test('[law 18] an answer that does not fit is refused by the name of its field', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['name', 'A'],
    ['name', 'Annabel'],
    ['name', 7],
    ['mail', 'nobody'],
    ['page', 'nowhere'],
    ['day', '2026-13-01'],
    ['db', 'mysql'],
    ['db', undefined],
    ['port', 0],
    ['port', 11],
    ['port', 1.5],
    ['ratio', Number.NaN],
    ['ratio', '1'],
    ['sure', 'yes'],
    ['tags', []],
    ['tags', ['a', 'b', 'c,d']],
    ['tags', ['z']],
    ['tags', 'a'],
    ['odd', 'x'],
    ['stranger', 'x'],
    ['toString', 'x'],
  ];
  for (const [name, value] of wrong) {
    const error = refusal(() => checkedAnswers(form, { db: 'pg', [name]: value }));
    is(error.code, 'input.invalid', name);
    match(error.message, `“${name}”`);
  }
  match(refusal(() => checkedAnswers(form, JSON.parse('{"db":"pg","__proto__":{"sure":true}}'))).message, '__proto__');
  for (const nothing of [null, 'pg', ['pg']]) match(refusal(() => checkedAnswers(form, nothing)).message, '“db”');
});

test('what is typed is read by the kind of its field', () => {
  const typed = (...given: readonly (readonly [string, string])[]) => typedAnswers(form, given);
  equal(typed(['port', '3'], ['ratio', ' 0.5 '], ['sure', 'No'], ['db', 'postgres'], ['name', '7']), {
    port: 3,
    ratio: 0.5,
    sure: false,
    db: 'pg',
    name: '7',
  });
  equal(typed(['tags', 'a,b']), { tags: ['a', 'b'] });
  equal(typed(['tags', 'a'], ['tags', 'c,d']), { tags: ['a', 'c,d'] });
  throws(() => typed(['port', 'three']));
  throws(() => typed(['port', '']));
  throws(() => typed(['sure', 'perhaps']));
  throws(() => typed(['db', 'pg'], ['db', 'lite']));
  const { prototype } = Object;
  throws(() => checkedAnswers(form, typed(['db', 'pg'], ['__proto__', 'x'])));
  is(Object.getPrototypeOf(typed(['__proto__', 'x'])), prototype);
});

test('[law 12] a form is bounded: in size, number and depth, and no name in it is a prototype', () => {
  equal(boundedForm(form), form);
  const field = { type: 'string' };
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`f${index}`, field]));
  const choices = Array.from({ length: 201 }, (_, index) => `${index}`);
  let deep: unknown = 1;
  for (let depth = 0; depth < 20_000; depth += 1) deep = { deep };
  const hostile: readonly unknown[] = [
    { properties: many },
    { properties: { a: { type: 'string', enum: choices } } },
    { properties: { ['x'.repeat(201)]: field } },
    { properties: { a: { ...field, title: 'x'.repeat(66_000) } } },
    { properties: { a: { ...field, deep } } },
    { properties: JSON.parse('{"__proto__":{"type":"string"}}') },
    { properties: {}, required: ['a'] },
  ];
  for (const one of hostile) is(refusal(() => boundedForm(one)).code, 'input.invalid');
  // What is no form has no fields: there is nothing to fill in, and it can be declined.
  for (const one of [undefined, null, 'x', [1], { properties: [1] }]) equal(formFields(boundedForm(one)), []);
});

test.run();
