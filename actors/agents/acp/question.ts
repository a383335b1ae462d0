/**
 * A question that comes as a request for permission, as kimi's and qwen's tools for it ask: what is to be chosen is no
 * action to allow but an answer, and the words of the question stand in what its call was told, if anywhere.
 */
import { hasKinds } from '../../protocol/asked/meant-option.ts';
import type { ApprovalOption } from '../../protocol/facts/events.ts';

/** How an agent asks, where that is known. */
export type QuestionWays = {
  /** The ids of options that are answers. */
  readonly answerIds?: RegExp;
  /** Its options only say that it is answered; the answers stand beside them, by the numbers of the questions. */
  readonly takesAnswers?: true;
};

/** What was asked: the request, and what was told of its call before. */
export type AskedCall = {
  readonly title: string | null;
  readonly toolName: string | null;
  readonly kind: string | null;
  readonly input: unknown;
  readonly text: string | null;
  readonly options: readonly ApprovalOption[];
};

export type Question = {
  /** What it asks, in its words; null when the agent tells it nowhere. */
  readonly words: string | null;
  /** A schema of its answers, where more is to be told than which option. */
  readonly form?: Readonly<Record<string, unknown>>;
};

/** Names that agents give the tool by which they ask. A title is one only when it is nothing else. */
const toolNames = /^(?:ask_?user\w*|question|ask_?followup_?question|request_?user_?input)$/iu;

/** The kinds of calls that do something, which nobody takes for a question. */
const actions = ['read', 'edit', 'delete', 'move', 'search', 'execute', 'fetch', 'switch_mode'];

/** The question that a request is; null for a request to do something. */
export const questionIn = (asked: AskedCall, ways: QuestionWays | null): Question | null => {
  const asks = asksIn(asked.input) ?? asksInJson(asked.text);
  if (!isQuestion(asked, asks, ways)) return null;
  const meant = answeredBy(asks ?? [], asked.options);
  const words = asks !== null && meant.length > 0 ? meant.map(wordsOf).join('\n\n') : null;
  const own = asked.text !== null && asksInJson(asked.text) === null ? asked.text : null;
  return {
    words: own ?? words,
    ...(ways?.takesAnswers && asks !== null ? { form: formOf(asks) } : {}),
  };
};

const isQuestion = (
  { title, toolName, kind, input, options }: AskedCall,
  asks: readonly Ask[] | null,
  ways: QuestionWays | null,
): boolean => {
  if ([title, toolName].some((name) => name !== null && toolNames.test(name.trim()))) return true;
  if (asks !== null && (Array.isArray(fieldsOf(input).questions) || answeredBy(asks, options) !== asks)) return true;
  if (options.length === 0) return false;
  const { answerIds } = ways ?? {};
  if (answerIds !== undefined && options.every(({ optionId }) => answerIds.test(optionId))) return true;
  return !hasKinds(options) && !actions.includes(kind ?? '');
};

/** The beside-the-option answers of a form, as texts. */
export const answerTexts = (answers: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(answers)).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );

type Ask = {
  readonly question: string;
  readonly header: string | null;
  readonly takesSeveral: boolean;
  readonly choices: readonly { readonly label: string; readonly description: string | null }[];
};

const maxAsks = 20;
const maxChoices = 50;

/** Of several questions that which the options answer, where they answer one; some agents ask only the first. */
const answeredBy = (asks: readonly Ask[], options: readonly ApprovalOption[]): readonly Ask[] => {
  const names = new Set(options.map(({ name }) => name));
  const meant = asks.filter(({ choices }) => choices.length > 0 && choices.every(({ label }) => names.has(label)));
  return meant.length > 0 ? meant : asks;
};

const wordsOf = ({ question, header, choices }: Ask): string =>
  [
    header === null || header === question ? question : `${header}: ${question}`,
    ...choices.flatMap(({ label, description }) => (description === null ? [] : [`- ${label}: ${description}`])),
  ].join('\n');

const formOf = (asks: readonly Ask[]): Readonly<Record<string, unknown>> => ({
  type: 'object',
  properties: Object.fromEntries(
    asks.map((ask, index) => {
      const choices = ask.choices.map(({ label, description }) => ({ const: label, title: label, description }));
      const about = { title: ask.header ?? ask.question, description: ask.question };
      if (choices.length === 0) return [`${index}`, { ...about, type: 'string' }] as const;
      return ask.takesSeveral
        ? ([`${index}`, { ...about, type: 'array', minItems: 1, items: { anyOf: choices } }] as const)
        : ([`${index}`, { ...about, type: 'string', oneOf: choices }] as const);
    }),
  ),
  required: asks.map((_, index) => `${index}`),
});

const asksInJson = (text: string | null): readonly Ask[] | null => {
  if (text === null || !text.trimStart().startsWith('{')) return null;
  try {
    return asksIn(JSON.parse(text));
  } catch {
    return null;
  }
};

/** The questions in what a tool is called with: `questions`, or one `question` with its options. */
const asksIn = (input: unknown): readonly Ask[] | null => {
  const fields = fieldsOf(input);
  const listed = Array.isArray(fields.questions) ? fields.questions.slice(0, maxAsks) : [fields];
  const asks = listed.flatMap(askIn);
  return asks.length > 0 ? asks : null;
};

const askIn = (value: unknown): Ask[] => {
  const { question, header, options, multiSelect, multi_select, multiple } = fieldsOf(value);
  if (typeof question !== 'string') return [];
  const choices = (Array.isArray(options) ? options.slice(0, maxChoices) : []).flatMap((option: unknown) => {
    const { label, description } = typeof option === 'string' ? { label: option, description: null } : fieldsOf(option);
    return typeof label === 'string'
      ? [{ label, description: typeof description === 'string' && description !== '' ? description : null }]
      : [];
  });
  const takesSeveral = [multiSelect, multi_select, multiple].includes(true);
  return [{ question, header: typeof header === 'string' && header !== '' ? header : null, takesSeveral, choices }];
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
