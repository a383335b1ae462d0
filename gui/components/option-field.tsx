import { useId } from 'preact/hooks';
import { plainLine } from '../state/plain-text.ts';

/** Something of an agent that can be chosen, as it tells it. */
type AgentOption = {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly value: string | boolean | null;
  readonly choices?:
    | readonly {
        readonly value: string;
        readonly name: string;
        readonly description?: string | undefined;
        readonly group?: string | undefined;
      }[]
    | undefined;
};

export type OptionFieldProps = {
  readonly option: AgentOption;
  /** What is chosen, where that is not what the agent said. */
  readonly chosen?: string | boolean | undefined;
  readonly disabled?: boolean;
  readonly onChoose: (value: string | boolean) => void;
};

/** One of an agent’s options: a list to choose from, in its groups, or a switch. */
export const OptionField = ({ option, chosen, disabled = false, onChoose }: OptionFieldProps) => {
  const id = useId();
  const value = chosen ?? option.value;
  const name = plainLine(option.name) || plainLine(option.id);
  const title = option.description === undefined ? undefined : plainLine(option.description);
  if (option.choices === undefined) {
    return (
      <label class="option-field check" title={title}>
        <input
          type="checkbox"
          checked={value === true}
          disabled={disabled}
          onChange={({ currentTarget }) => onChoose(currentTarget.checked)}
        />
        <span>{name}</span>
      </label>
    );
  }
  const isKnown = option.choices.some((choice) => choice.value === value);
  const groups = [...new Set(option.choices.map(({ group }) => group))];
  return (
    <span class="option-field" title={title}>
      <label for={id}>{name}</label>
      <select
        id={id}
        class="input"
        value={String(value ?? '')}
        disabled={disabled}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {!isKnown && (
          <option value={String(value ?? '')}>{value === null ? 'not chosen' : plainLine(String(value))}</option>
        )}
        {groups.map((group) => {
          const choices = option.choices
            ?.filter((choice) => choice.group === group)
            .map((choice) => (
              <option
                key={choice.value}
                value={choice.value}
                title={choice.description === undefined ? undefined : plainLine(choice.description)}
              >
                {plainLine(choice.name) || plainLine(choice.value)}
              </option>
            ));
          return group === undefined ? (
            choices
          ) : (
            <optgroup key={group} label={plainLine(group)}>
              {choices}
            </optgroup>
          );
        })}
      </select>
    </span>
  );
};

/** The options that most people look for come first. */
const ranks: Readonly<Record<string, number>> = { mode: 0, model: 1, thought_level: 2 };

export const inUsualOrder = <Option extends { readonly category?: string | undefined }>(
  options: readonly Option[],
): readonly Option[] =>
  [...options].sort((left, right) => (ranks[left.category ?? ''] ?? 3) - (ranks[right.category ?? ''] ?? 3));
