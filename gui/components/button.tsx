import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icon.tsx';
import { useSurroundings } from './surroundings.ts';

export type ButtonProps = Omit<ButtonHTMLAttributes, 'icon' | 'class' | 'label'> & {
  /** `primary` is what most people want here; `quiet` is the usual one; `bare` has no edge; `danger` destroys. */
  readonly look?: 'primary' | 'quiet' | 'bare' | 'danger';
  readonly icon?: IconName;
  /** The name for screen readers and the title; needed where the button shows nothing but its icon. */
  readonly label?: string;
  /** Waits for an answer: it cannot be pressed again, and says so. */
  readonly busy?: boolean;
  /** Asks something of the runtime: while that is gone it cannot be pressed, and its title says why. */
  readonly tellsRuntime?: boolean;
  readonly class?: string;
  readonly children?: ComponentChildren;
};

export const Button = ({
  look = 'quiet',
  icon,
  label,
  busy,
  tellsRuntime = false,
  class: extra,
  children,
  ...rest
}: ButtonProps) => {
  const { isRuntimeGone } = useSurroundings();
  const isGone = tellsRuntime && isRuntimeGone.value;
  return (
    <button
      type="button"
      {...rest}
      class={classes('button', `button-${look}`, children === undefined && 'button-icon', extra)}
      aria-label={label}
      title={isGone ? 'The runtime is gone' : (rest.title ?? label)}
      aria-busy={busy}
      disabled={rest.disabled || busy || isGone}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
};
