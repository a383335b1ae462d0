import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icon.tsx';

export type ButtonProps = Omit<ButtonHTMLAttributes, 'icon' | 'class' | 'label'> & {
  /** `primary` is what most people want here; `quiet` is the usual one; `bare` has no edge; `danger` destroys. */
  readonly look?: 'primary' | 'quiet' | 'bare' | 'danger';
  readonly icon?: IconName;
  /** The name for screen readers and the title; needed where the button shows nothing but its icon. */
  readonly label?: string;
  /** Waits for an answer: it cannot be pressed again, and says so. */
  readonly busy?: boolean;
  readonly class?: string;
  readonly children?: ComponentChildren;
};

export const Button = ({ look = 'quiet', icon, label, busy, class: extra, children, ...rest }: ButtonProps) => (
  <button
    type="button"
    {...rest}
    class={classes('button', `button-${look}`, children === undefined && 'button-icon', extra)}
    aria-label={label}
    title={rest.title ?? label}
    aria-busy={busy}
    disabled={rest.disabled || busy}
  >
    {icon && <Icon name={icon} />}
    {children}
  </button>
);
