/**
 * A form that an agent asks a person to fill in: a JSON schema of one flat object, as the protocol's elicitation has it.
 * Read without a schema library, so that the window reads it as the runtime and the command line do. What an agent sends
 * is bounded, and a field of a kind that is not known here is shown as such and never filled in.
 */
import { ThroughlineError } from '../facts/error.ts';

export type Answer = string | number | boolean | readonly string[];
export type Answers = Readonly<Record<string, Answer>>;

export type FieldChoice = { readonly value: string; readonly title: string; readonly description: string | null };

export type FormField = {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly isNeeded: boolean;
  /** What the agent suggests; nobody answers by it but a person who says so. */
  readonly suggested: Answer | null;
} & (
  | {
      readonly kind: 'text';
      readonly minLength: number | null;
      readonly maxLength: number | null;
      readonly format: string | null;
      /** For people and for the agent: a pattern of an agent's may take for ever, so it is not tried here. */
      readonly pattern: string | null;
    }
  | {
      readonly kind: 'number';
      readonly isWhole: boolean;
      readonly minimum: number | null;
      readonly maximum: number | null;
    }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly choices: readonly FieldChoice[] }
  | {
      readonly kind: 'choices';
      readonly choices: readonly FieldChoice[];
      readonly minItems: number | null;
      readonly maxItems: number | null;
    }
  | { readonly kind: 'unknown'; readonly type: string }
);

const maxFormCharacters = 65_536;
const maxFields = 50;
const maxChoices = 200;
const maxNameCharacters = 200;
const maxDepth = 6;
const maxTextCharacters = 100_000;

/**
 * A form as it is stored: what the agent sent, not deeper than a form is. Raises `input.invalid` for what is no form, or
 * larger than 65,536 characters, 50 fields or 200 choices of one.
 */
export const boundedForm = (schema: unknown): Readonly<Record<string, unknown>> => {
  const form = fieldsOf(shallow(schema, 0));
  if ((JSON.stringify(form) ?? '').length > maxFormCharacters) throw noForm('it is too large');
  const fields = formFields(form);
  if (fields.length > maxFields) throw noForm(`it has ${fields.length} fields`);
  for (const field of fields) {
    if (field.name.length > maxNameCharacters) throw noForm('a name in it is too long');
    if ('choices' in field && field.choices.length > maxChoices) throw noForm(`“${field.name}” has too many choices`);
  }
  const unknown = listOf(form.required).find((name) => !fields.some((field) => field.name === name));
  if (unknown !== undefined) throw noForm(`it needs “${unknown}”, which is none of its fields`);
  return form;
};

/** The fields of a form, in its order; what does not fit reads as missing. */
export const formFields = (form: unknown): readonly FormField[] => {
  const { properties, required } = fieldsOf(form);
  const needed = new Set(listOf(required));
  return Object.entries(fieldsOf(properties)).map(([name, value]) => fieldOf(name, fieldsOf(value), needed.has(name)));
};

/**
 * Answers that fit the form: what a person filled in, and nothing else. Raises `input.invalid`, naming the field, for
 * what is missing, of another kind, or no field of it.
 * @example
 * const form = { properties: { db: { type: 'string', enum: ['pg', 'sqlite'] } }, required: ['db'] };
 * checkedAnswers(form, { db: 'pg' }) // => { db: 'pg' }
 */
export const checkedAnswers = (form: unknown, answers: unknown): Answers => {
  const fields = formFields(form);
  const given = new Map(Object.entries(fieldsOf(answers)));
  for (const name of given.keys()) {
    if (!fields.some((field) => field.name === name)) {
      throw new ThroughlineError('input.invalid', `“${name}” is no field of this form`, {
        hint: `its fields are: ${fields.map((field) => field.name).join(', ')}`,
      });
    }
  }
  return Object.fromEntries(
    fields.flatMap((field) => {
      const answer = given.get(field.name);
      if (answer === undefined && !field.isNeeded) return [];
      if (answer === undefined) throw wrong(field, 'is needed');
      return [[field.name, checkedAnswer(field, answer)] as const];
    }),
  );
};

/**
 * What was typed for the fields of a form, as answers that still have to be checked: several of one name choose several.
 * A choice may be given by its title, and a switch as yes or no. Raises `input.invalid` for what cannot be read.
 */
export const typedAnswers = (form: unknown, typed: readonly (readonly [name: string, text: string])[]): Answers => {
  const texts = new Map<string, string[]>();
  for (const [name, text] of typed) texts.set(name, [...(texts.get(name) ?? []), text]);
  const fields = new Map(formFields(form).map((field) => [field.name, field]));
  return Object.fromEntries(
    [...texts].map(([name, given]) => {
      const field = fields.get(name);
      const [first = ''] = given;
      if (field === undefined) return [name, first] as const;
      if (field.kind === 'choices') return [name, given.flatMap((text) => typedChoices(field.choices, text))] as const;
      if (given.length > 1) throw wrong(field, 'was given more than once');
      return [name, typedAnswer(field, first)] as const;
    }),
  );
};

const typedAnswer = (field: FormField, text: string): Answer => {
  switch (field.kind) {
    case 'number': {
      const number = text.trim() === '' ? Number.NaN : Number(text);
      if (Number.isNaN(number)) throw wrong(field, 'is a number');
      return number;
    }
    case 'switch': {
      const word = text.trim().toLowerCase();
      if (['yes', 'y', 'true', 'on'].includes(word)) return true;
      if (['no', 'n', 'false', 'off'].includes(word)) return false;
      throw wrong(field, 'is yes or no');
    }
    case 'choice':
      return choiceBy(field.choices, text)?.value ?? text;
    default:
      return text;
  }
};

const typedChoices = (choices: readonly FieldChoice[], text: string): readonly string[] => {
  const whole = choiceBy(choices, text);
  if (whole !== null) return [whole.value];
  return text.split(',').map((part) => choiceBy(choices, part)?.value ?? part.trim());
};

const choiceBy = (choices: readonly FieldChoice[], text: string): FieldChoice | null => {
  const wanted = text.trim().toLowerCase();
  return (
    choices.find(({ value }) => value === text) ??
    choices.find(({ value, title }) => [value, title].some((word) => word.trim().toLowerCase() === wanted)) ??
    null
  );
};

const checkedAnswer = (field: FormField, answer: unknown): Answer => {
  switch (field.kind) {
    case 'text':
      return checkedText(field, answer);
    case 'number': {
      if (typeof answer !== 'number' || !Number.isFinite(answer)) throw wrong(field, 'is a number');
      if (field.isWhole && !Number.isSafeInteger(answer)) throw wrong(field, 'is a whole number');
      if (field.minimum !== null && answer < field.minimum) throw wrong(field, `is at least ${field.minimum}`);
      if (field.maximum !== null && answer > field.maximum) throw wrong(field, `is at most ${field.maximum}`);
      return answer;
    }
    case 'switch':
      if (typeof answer !== 'boolean') throw wrong(field, 'is yes or no');
      return answer;
    case 'choice':
      if (typeof answer !== 'string' || !isChoice(field.choices, answer)) throw notChosen(field, field.choices);
      return answer;
    case 'choices': {
      if (!Array.isArray(answer) || !answer.every((one): one is string => typeof one === 'string')) {
        throw wrong(field, 'is a list of choices');
      }
      if (!answer.every((one) => isChoice(field.choices, one))) throw notChosen(field, field.choices);
      const chosen = [...new Set(answer)];
      if (chosen.length < (field.minItems ?? 0)) throw wrong(field, `needs at least ${field.minItems} choices`);
      if (chosen.length > (field.maxItems ?? maxChoices)) throw wrong(field, `takes at most ${field.maxItems} choices`);
      return chosen;
    }
    case 'unknown':
      throw wrong(field, 'is of a kind that cannot be filled in here');
  }
};

const checkedText = (field: Extract<FormField, { readonly kind: 'text' }>, answer: unknown): string => {
  if (typeof answer !== 'string') throw wrong(field, 'is a text');
  const length = [...answer].length;
  const longest = Math.min(field.maxLength ?? maxTextCharacters, maxTextCharacters);
  if (length > longest) throw wrong(field, `has at most ${longest} characters`);
  if (length < (field.minLength ?? 0)) throw wrong(field, `has at least ${field.minLength} characters`);
  const isFormed = field.format === null ? null : formats.get(field.format);
  if (isFormed && !isFormed(answer)) throw wrong(field, `is ${field.format === 'uri' ? 'an address' : field.format}`);
  return answer;
};

const formats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['email', (text: string) => /^[^\s@]+@[^\s@]+$/u.test(text)],
  ['uri', (text: string) => URL.canParse(text)],
  ['date', (text: string) => /^\d{4}-\d{2}-\d{2}$/u.test(text) && !Number.isNaN(Date.parse(text))],
  ['date-time', (text: string) => /^\d{4}-\d{2}-\d{2}T/u.test(text) && !Number.isNaN(Date.parse(text))],
]);

const isChoice = (choices: readonly FieldChoice[], answer: string): boolean =>
  choices.some(({ value }) => value === answer);

const fieldOf = (name: string, schema: Fields, isNeeded: boolean): FormField => {
  const { type } = schema;
  const about = {
    name,
    title: textIn(schema.title),
    description: textIn(schema.description),
    isNeeded,
    suggested: suggestedIn(schema.default),
  };
  const choices = choicesIn(schema);
  if (type === 'string' && choices !== null) return { ...about, kind: 'choice', choices };
  if (type === 'string') {
    const [minLength, maxLength] = [numberIn(schema.minLength), numberIn(schema.maxLength)];
    const [format, pattern] = [textIn(schema.format), textIn(schema.pattern)];
    return { ...about, kind: 'text', minLength, maxLength, format, pattern };
  }
  if (type === 'number' || type === 'integer') {
    const [minimum, maximum] = [numberIn(schema.minimum), numberIn(schema.maximum)];
    return { ...about, kind: 'number', isWhole: type === 'integer', minimum, maximum };
  }
  if (type === 'boolean') return { ...about, kind: 'switch' };
  const items = choicesIn(fieldsOf(schema.items));
  if (type === 'array' && items !== null) {
    const [minItems, maxItems] = [numberIn(schema.minItems), numberIn(schema.maxItems)];
    return { ...about, kind: 'choices', choices: items, minItems, maxItems };
  }
  return { ...about, kind: 'unknown', type: textIn(type) ?? '' };
};

/** What there is to choose from; null where anything may be written. */
const choicesIn = (schema: Fields): readonly FieldChoice[] | null => {
  const titled = [schema.oneOf, schema.anyOf].find(Array.isArray);
  if (titled !== undefined) {
    return titled.flatMap((each: unknown): FieldChoice[] => {
      const { const: value, title, description } = fieldsOf(each);
      return typeof value === 'string'
        ? [{ value, title: textIn(title) ?? value, description: textIn(description) }]
        : [];
    });
  }
  return Array.isArray(schema.enum)
    ? listOf(schema.enum).map((value) => ({ value, title: value, description: null }))
    : null;
};

const suggestedIn = (value: unknown): Answer | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : Array.isArray(value)
      ? listOf(value)
      : null;

const wrong = (field: FormField, what: string): ThroughlineError =>
  new ThroughlineError('input.invalid', `“${field.name}” ${what}`, {
    ...(field.title === null ? {} : { hint: field.title }),
  });

const notChosen = (field: FormField, choices: readonly FieldChoice[]): ThroughlineError =>
  new ThroughlineError('input.invalid', `“${field.name}” is one of its choices`, {
    hint: `they are: ${choices
      .slice(0, 20)
      .map(({ value }) => value)
      .join(', ')}`,
  });

const noForm = (why: string): ThroughlineError =>
  new ThroughlineError('input.invalid', `this form cannot be shown: ${why}`);

type Fields = Readonly<Record<string, unknown>>;

/** A copy without what lies deeper than a form goes. A name that would be a prototype is no field. */
const shallow = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) throw noForm('it is nested too deeply');
  if (Array.isArray(value)) return value.map((each) => shallow(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (name === '__proto__') throw noForm('a name in it is none');
      return [name, name === '_meta' ? null : shallow(each, depth + 1)] as const;
    }),
  );
};

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];

const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const numberIn = (value: unknown): number | null => (typeof value === 'number' ? value : null);
