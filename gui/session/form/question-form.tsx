import { useMemo, useRef, useState } from 'preact/hooks';
import { formFields } from '../../../actors/protocol/asked/answer-form.ts';
import { Button } from '../../components/button.tsx';
import { Keys } from '../../components/keys.tsx';
import type { Deciding } from '../model/decision.ts';
import { fieldsOf, textIn } from '../model/payload.ts';
import { shortLine, visibleText } from '../text/visible.ts';
import { FormFieldView } from './form-field.tsx';
import { type FormValues, filledIn, firstValues } from './form-values.ts';

/** A form that an agent asks a person to fill in. It is sent by whoever says so, and never by a default. */
export const QuestionForm = ({ form, chosen, decide }: Deciding & { readonly form: unknown }) => {
  const fields = useMemo(() => formFields(form), [form]);
  const [values, setValues] = useState<FormValues>(() => firstValues(fields));
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const element = useRef<HTMLFormElement>(null);
  const [title, description] = [textIn(fieldsOf(form), 'title'), textIn(fieldsOf(form), 'description')];

  const send = (): void => {
    const filled = filledIn(form, values);
    if (filled.kind === 'answers') {
      decide('answer', { decision: 'allow', answers: filled.answers });
      return;
    }
    setProblems(filled.problems);
    requestAnimationFrame(() => element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
  };

  return (
    <form
      ref={element}
      class="question-form"
      aria-label={title === null ? 'Your answer' : shortLine(title, 200)}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        send();
      }}
    >
      {title !== null && <p class="question-form-title">{shortLine(title, 400)}</p>}
      {description !== null && <p class="quiet question-form-words">{visibleText(description.slice(0, 4000))}</p>}
      {fields.map((field) => (
        <FormFieldView
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          problem={problems[field.name]}
          onChange={(value) => {
            setValues((known) => ({ ...known, [field.name]: value }));
            setProblems(({ [field.name]: _, ...others }) => others);
          }}
        />
      ))}
      <div class="approval-options">
        <Button look="primary" type="submit" busy={chosen === 'answer'} disabled={chosen !== null} tellsRuntime>
          Answer
        </Button>
        <Button
          busy={chosen === 'deny'}
          disabled={chosen !== null}
          tellsRuntime
          onClick={() => decide('deny', { decision: 'deny' })}
        >
          Decline
        </Button>
        <Button
          look="bare"
          busy={chosen === 'cancel'}
          disabled={chosen !== null}
          tellsRuntime
          title="The agent hears that nobody answers"
          onClick={() => decide('cancel', { decision: 'cancel' })}
        >
          Cancel
        </Button>
        <span class="quiet question-form-keys">
          <Keys of="Mod+Enter" /> answers. No rule and no default ever does.
        </span>
      </div>
    </form>
  );
};
