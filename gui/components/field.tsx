import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

type ControlProps = {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
};

export type FieldProps = {
  readonly label: string;
  /** What helps; gives way to a problem. */
  readonly hint?: ComponentChildren;
  readonly problem?: string | null | undefined;
  readonly optional?: boolean;
  readonly children: (props: ControlProps) => ComponentChildren;
};

/** A control with its name above and what is wrong with it below. */
export const Field = ({ label, hint, problem, optional, children }: FieldProps) => {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div class="field">
      <label for={id}>
        {label}
        {optional && <span class="field-optional"> optional</span>}
      </label>
      {children({ id, 'aria-describedby': noteId, 'aria-invalid': Boolean(problem) })}
      <div id={noteId} class={problem ? 'field-problem' : 'field-hint'} aria-live="polite">
        {problem || hint}
      </div>
    </div>
  );
};
