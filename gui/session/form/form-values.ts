/** What is typed into a form, on its way to its answers. Pure. */
import {
  type Answers,
  checkedAnswers,
  type FormField,
  formFields,
} from '../../../actors/protocol/asked/answer-form.ts';
import { fieldsOf } from '../model/payload.ts';

/** By the fields' names: a text as it is typed, a switch, what is chosen of several. */
export type FormValues = Readonly<Record<string, string | boolean | readonly string[]>>;

/** A form before anybody typed: what the agent suggests is there to be seen, and nothing else is chosen. */
export const firstValues = (fields: readonly FormField[]): FormValues =>
  Object.fromEntries(fields.map((field) => [field.name, firstValue(field)] as const));

const firstValue = ({ kind, suggested }: FormField): FormValues[string] => {
  if (kind === 'switch') return suggested === true;
  if (kind === 'choices') return Array.isArray(suggested) ? suggested : [];
  return typeof suggested === 'string' || typeof suggested === 'number' ? String(suggested) : '';
};

export type Filled =
  | { readonly kind: 'answers'; readonly answers: Answers }
  /** What is wrong, by the fields' names. */
  | { readonly kind: 'problems'; readonly problems: Readonly<Record<string, string>> };

/** The answers that were filled in, or what is wrong with them, all at once. */
export const filledIn = (form: unknown, values: FormValues): Filled => {
  const problems: Record<string, string> = {};
  const answers: Record<string, Answers[string]> = {};
  for (const field of formFields(form)) {
    const answer = answerOf(field, values[field.name] ?? '');
    const schema = fieldsOf(fieldsOf(form).properties)[field.name];
    // A form of this field alone: each says what is wrong with it, not only the first.
    const alone = { properties: { [field.name]: schema }, required: field.isNeeded ? [field.name] : [] };
    try {
      Object.assign(answers, checkedAnswers(alone, answer === null ? {} : { [field.name]: answer }));
    } catch (error) {
      problems[field.name] = error instanceof Error ? error.message.replace(`“${field.name}” `, '') : String(error);
    }
  }
  return Object.keys(problems).length > 0 ? { kind: 'problems', problems } : { kind: 'answers', answers };
};

/** Null for a field that was left empty. */
const answerOf = (field: FormField, value: FormValues[string]): Answers[string] | null => {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return value.length === 0 && !field.isNeeded ? null : value;
  if (value === '' || field.kind === 'unknown') return null;
  return field.kind === 'number' ? Number(value.trim() === '' ? Number.NaN : value) : value;
};
