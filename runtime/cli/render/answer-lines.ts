/** The commands that answer a request of a session, and never another that came meanwhile. */
import { formFields } from '../../../actors/protocol/asked/answer-form.ts';
import { holdsForAlways, meantOption } from '../../../actors/protocol/asked/meant-option.ts';
import type { ApprovalOption, Payload } from '../../../actors/protocol/facts/events.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { sanitiseLine } from '../text/sanitise.ts';

type Asked = Pick<Payload<'approval_requested'>, 'options' | 'question'>;

/** Which request of which session: as much of their ids as names them. */
export type Named = { readonly session: string; readonly approval: string };

/** One command a line; where something has to be chosen, one for each choice, with its name behind it. */
export const answerLines = (
  { options, question }: Asked,
  { session, approval }: Named,
  { suggest }: Pick<Invocation, 'suggest'>,
): readonly string[] => {
  const command = (name: string, ...more: readonly string[]): string =>
    sanitiseLine(suggest(name, session, approval, ...more));
  const choose = (name: string, chosen: readonly ApprovalOption[]): readonly string[] =>
    chosen.map((option) => `${command(name, '--option', option.optionId)}  (${optionText(option)})`);
  if (question?.form !== undefined) {
    const needed = formFields(question.form).filter(({ isNeeded }) => isNeeded);
    const fields = needed.flatMap(({ name }) => ['--field', `${name}=VALUE`]);
    return [command('answer', ...fields), command('answer', '--decline')];
  }
  if (question?.url !== undefined) return [`${command('answer')}  (it was opened)`, command('answer', '--decline')];
  if (question !== undefined) return [...choose('answer', options), command('answer', '--decline')];
  const meant = meantOption(options, 'allow');
  const approving =
    meant.kind === 'option' ? [command('approve')] : meant.kind === 'choose' ? choose('approve', meant.options) : [];
  return [...approving, command('deny')];
};

/** An option by its name, and how long it holds if that is for always. */
export const optionText = (option: ApprovalOption): string =>
  `${sanitiseLine(option.name)}${holdsForAlways(option) ? ', for always' : ''}`;
