import type { ComponentChildren } from 'preact';
import { classes } from '../../components/classes.ts';

export type Choice<Value> = { readonly value: Value; readonly label: ComponentChildren; readonly title?: string };

export type ChoiceRowProps<Value> = {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: Value | null;
  readonly onChoose: (value: Value, element: HTMLElement) => void;
  readonly class?: string;
};

/** A few things of which one is chosen, in a row. The arrow keys move in it, and choose. */
export const ChoiceRow = <Value extends string>({
  label,
  choices,
  chosen,
  onChoose,
  class: extra,
}: ChoiceRowProps<Value>) => {
  const here = choices.findIndex(({ value }) => value === chosen);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const focused = buttons.findIndex((button) => button.matches(':focus'));
    buttons[(focused + step + buttons.length) % buttons.length]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class={classes('choice-row', extra)} role="radiogroup" aria-label={label} onKeyDown={onKeyDown}>
      {choices.map(({ value, label: words, title }, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a radio button of the browser cannot look like this
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={value === chosen}
          tabIndex={index === Math.max(0, here) ? 0 : -1}
          title={title}
          onClick={({ currentTarget }) => onChoose(value, currentTarget)}
        >
          {words}
        </button>
      ))}
    </div>
  );
};
