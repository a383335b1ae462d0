/** Which of an agent's options is meant, and which of its values. */
import { ThroughlineError } from '../../protocol/facts/error.ts';
import type { AgentOption, OptionValue } from '../../protocol/facts/events.ts';

/**
 * The option of this id, or else the first of this category, so that `mode` and `model` mean the same with every agent;
 * null when there is neither.
 */
export const optionCalled = <Option extends Pick<AgentOption, 'id' | 'category'>>(
  options: readonly Option[],
  called: string,
): Option | null =>
  options.find(({ id }) => id === called) ?? options.find(({ category }) => category === called) ?? null;

/**
 * The option that is meant, with the value in its own terms: of a switch a boolean, of a list one of its values, which
 * may be given by its name. Raises `agent.option_unknown`, with what there is.
 * @example
 * const options = [{ id: 'mode', name: 'Mode', value: 'ask', choices: [{ value: 'ask', name: 'Ask' }] }];
 * chosenOption(options, 'mode', 'Ask').value // => 'ask'
 */
export const chosenOption = (
  options: readonly AgentOption[],
  called: string,
  given: OptionValue,
): { readonly option: AgentOption; readonly value: OptionValue } => {
  const option = optionCalled(options, called);
  if (option === null) {
    const ids = options.map(({ id }) => id);
    throw unknown(`the agent has no option ${shown(called)}; it offers ${listed(ids) || 'none'}`);
  }
  if (option.choices === undefined) {
    const value = switchValues.get(String(given).toLowerCase());
    if (value === undefined) throw unknown(`the agent's ${shown(called)} is on or off, and not ${shown(given)}`);
    return { option, value };
  }
  const text = String(given);
  const isNamed = ({ name }: { readonly name: string }): boolean => name.toLowerCase() === text.toLowerCase();
  const found = option.choices.find(({ value }) => value === text) ?? onlyOne(option.choices.filter(isNamed));
  // Of what is not listed only the agent can say whether it is there.
  if (found === null && option.choicesLeftOut === undefined) {
    const values = option.choices.map(({ value }) => value);
    throw unknown(`the agent has no ${shown(called)} ${shown(text)}; it offers ${listed(values) || 'none'}`);
  }
  return { option, value: found?.value ?? text };
};

/** The options as they are when the agent has heard of every choice; one that it does not offer changes nothing. */
export const withChoices = (
  options: readonly AgentOption[],
  choices: Readonly<Record<string, OptionValue>>,
): readonly AgentOption[] =>
  Object.entries(choices).reduce((before, [called, given]) => {
    try {
      const { option, value } = chosenOption(before, called, given);
      return before.map((each) => (each === option ? { ...each, value } : each));
    } catch {
      return before;
    }
  }, options);

const switchValues: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['false', false],
  ['off', false],
]);

const onlyOne = <Value>(values: readonly Value[]): Value | null =>
  values.length === 1 && values[0] !== undefined ? values[0] : null;

const maxListed = 20;

const listed = (values: readonly string[]): string => {
  const more = values.length > maxListed ? `, and ${values.length - maxListed} more` : '';
  return `${values.slice(0, maxListed).map(shown).join(', ')}${more}`;
};

const shown = (value: OptionValue): string => String(value).slice(0, 100);

const unknown = (message: string): ThroughlineError =>
  new ThroughlineError('agent.option_unknown', message, { hint: '`throughline options` sets what a session has' });
