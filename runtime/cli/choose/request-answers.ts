/** What a person at a terminal can say of an open request by one key. */
import type { Answers } from '../../../actors/protocol/asked/answer-form.ts';
import { holdsForAlways, meantOption } from '../../../actors/protocol/asked/meant-option.ts';
import type { ApprovalOption } from '../../../actors/protocol/facts/events.ts';
import type { PendingApproval } from '../../../actors/protocol/gateway/dashboard.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrapped } from '../text/wrapped.ts';

export type Said = {
  readonly decision: 'allow' | 'deny' | 'cancel';
  readonly option?: ApprovalOption;
  readonly answers?: Answers;
};

export type Asked = Pick<PendingApproval, 'approvalId' | 'title' | 'options' | 'question'>;

export type RequestAnswer = { readonly key: string; readonly words: string; readonly said: Said };

/** The option that a plain yes or no means, where there is one. */
export const meant = ({ options }: Pick<Asked, 'options'>, decision: 'allow' | 'deny'): { option?: ApprovalOption } => {
  const found = meantOption(options, decision);
  return found.kind === 'option' ? { option: found.option } : {};
};

/**
 * The answers, each by its key: y, n and a, or the number of an option where one of several is to be chosen. None for a
 * form or a page, which no key answers.
 */
export const requestAnswers = (asked: Asked): readonly RequestAnswer[] => {
  const { options, question } = asked;
  if (question?.form !== undefined || question?.url !== undefined) return [];
  const no: RequestAnswer = {
    key: 'n',
    words: question === undefined ? 'no' : 'decline',
    said: { decision: 'deny', ...meant(asked, 'deny') },
  };
  if (question !== undefined) return [...numbered(options), no];
  const once = meantOption(options, 'allow');
  if (once.kind === 'choose') return [...numbered(once.options), no];
  const always = options.filter((option) => holdsForAlways(option) && option.kind.startsWith('allow'));
  return [
    ...(once.kind === 'option'
      ? [{ key: 'y', words: 'once', said: { decision: 'allow', option: once.option } } as const]
      : []),
    no,
    ...(always.length === 1
      ? always.map((option) => ({ key: 'a', words: 'always', said: { decision: 'allow', option } }) as const)
      : []),
  ];
};

const numbered = (options: readonly ApprovalOption[]): readonly RequestAnswer[] =>
  options.slice(0, maxNumbered).map((option, index) => ({
    key: String(index + 1),
    words: `${truncate(sanitiseLine(option.name), maxWordsColumns)}${holdsForAlways(option) ? ', for always' : ''}`,
    said: { decision: option.kind.startsWith('reject') ? 'deny' : 'allow', option },
  }));

const maxNumbered = 9;
const maxWordsColumns = 30;

/**
 * The question before a person's answer, in lines of at most `columns`, with a space for what is typed behind it.
 * @example
 * keyQuestion('Allow?', [{ key: 'y', words: 'once' }], 80) // => 'Allow?  y once  '
 */
export const keyQuestion = (
  question: string,
  keys: readonly { readonly key: string; readonly words: string }[],
  columns: number,
): string => {
  const line = [question, ...keys.map(({ key, words }) => `${key} ${words}`)].join('  ');
  return `${wrapped(line, columns - 2).join('\n')}  `;
};
