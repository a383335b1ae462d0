/** What of an agent can be chosen, as lines: each option with its value, and what else it can be. */
import type { AgentOption, OptionValue } from '../../../actors/protocol/facts/events.ts';
import type { Colours } from '../invocation/terminal.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export const optionLines = (
  options: readonly AgentOption[],
  choices: Readonly<Record<string, OptionValue>>,
  colours: Colours,
): string => {
  if (options.length > 0) return options.map((option) => optionText(option, colours)).join('');
  const chosen = Object.entries(choices).map(([id, value]) => `${sanitiseLine(id)}  ${valueText(value)}\n`);
  return `${chosen.join('')}${colours.dim('the agent has not told that anything can be chosen')}\n`;
};

const optionText = (option: AgentOption, colours: Colours): string => {
  const name = option.name === option.id ? '' : colours.dim(`  ${sanitiseLine(option.name)}`);
  return `${colours.bold(sanitiseLine(option.id))}  ${valueText(option.value)}${name}\n${choiceLines(option, colours)}`;
};

const choiceLines = ({ choices, choicesLeftOut, value: chosen }: AgentOption, colours: Colours): string => {
  if (choices === undefined) return colours.dim('    on, off\n');
  let last: string | undefined;
  const lines = choices.map(({ value, name, group }) => {
    const heading = group === undefined || group === last ? '' : colours.dim(`    ${sanitiseLine(group)}\n`);
    last = group;
    const mark = value === chosen ? '✓' : ' ';
    const called = name === value ? '' : colours.dim(`  ${sanitiseLine(name)}`);
    return `${heading}  ${mark} ${sanitiseLine(value)}${called}\n`;
  });
  const more = choicesLeftOut === undefined ? '' : colours.dim(`    and ${choicesLeftOut} more\n`);
  return `${lines.join('')}${more}`;
};

export const valueText = (value: OptionValue | null): string =>
  value === null ? '' : typeof value === 'string' ? sanitiseLine(value) : value ? 'on' : 'off';
