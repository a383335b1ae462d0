/** What a person has chosen about the look of things; remembered, and set on the page's root element. */
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Memory } from '../connection/memory.ts';

export const themes = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;
export type Theme = keyof typeof themes;

export const textSizes = ['small', 'normal', 'large', 'larger'] as const;
export type TextSize = (typeof textSizes)[number];

const isTheme = (value: unknown): value is Theme => typeof value === 'string' && Object.hasOwn(themes, value);
const isTextSize = (value: unknown): value is TextSize => (textSizes as readonly unknown[]).includes(value);

export type Preferences = {
  readonly theme: Signal<Theme>;
  readonly textSize: ReadonlySignal<TextSize>;
  /** One step larger or smaller, as far as there is one. */
  readonly stepTextSize: (step: 1 | -1) => void;
  /** Sets the look on the page from now on. */
  readonly apply: () => void;
};

export const createPreferences = ({ recall, remember }: Memory): Preferences => {
  const theme = signal<Theme>(recall('theme', isTheme) ?? 'system');
  const textSize = signal<TextSize>(recall('text', isTextSize) ?? 'normal');
  return Object.freeze({
    theme,
    textSize,
    stepTextSize: (step) => {
      textSize.value = textSizes[textSizes.indexOf(textSize.value) + step] ?? textSize.value;
    },
    apply: () => {
      const root = document.documentElement;
      effect(() => {
        remember('theme', theme.value);
        if (theme.value === 'system') delete root.dataset.theme;
        else root.dataset.theme = theme.value;
      });
      effect(() => {
        remember('text', textSize.value);
        if (textSize.value === 'normal') delete root.dataset.text;
        else root.dataset.text = textSize.value;
      });
    },
  } satisfies Preferences);
};
