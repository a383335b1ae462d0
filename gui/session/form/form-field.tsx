import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { FieldChoice, FormField } from '../../../actors/protocol/asked/answer-form.ts';
import { Field } from '../../components/field.tsx';
import { sentence } from '../../state/sentence.ts';
import { shortLine, visibleText } from '../text/visible.ts';
import type { FormValues } from './form-values.ts';

type FormFieldViewProps = {
  readonly field: FormField;
  readonly value: FormValues[string];
  readonly problem: string | undefined;
  readonly onChange: (value: FormValues[string]) => void;
};

/** So many choices can be looked over at once; more are a list to open. */
const mostRadios = 8;

/** One field of an agent's form. */
export const FormFieldView = ({ field, value, problem, onChange }: FormFieldViewProps) => {
  const label = shortLine(field.title ?? field.name, 200);
  const said = problem === undefined ? null : sentence(`this ${problem}`);
  const about = { label, hint: hintOf(field), problem: said, optional: !field.isNeeded };
  switch (field.kind) {
    case 'text':
      return (
        <Field {...about}>
          {(props) => (
            <input
              {...props}
              class="input"
              inputMode={inputModes[field.format ?? ''] ?? 'text'}
              placeholder={placeholders[field.format ?? '']}
              required={field.isNeeded}
              autocomplete="off"
              value={String(value)}
              onInput={({ currentTarget }) => onChange(currentTarget.value)}
            />
          )}
        </Field>
      );
    case 'number':
      return (
        <Field {...about}>
          {(props) => (
            <input
              {...props}
              class="input numbers"
              inputMode={field.isWhole ? 'numeric' : 'decimal'}
              required={field.isNeeded}
              autocomplete="off"
              value={String(value)}
              onInput={({ currentTarget }) => onChange(currentTarget.value)}
            />
          )}
        </Field>
      );
    case 'switch':
      return (
        <Group {...about} label={null}>
          <label class="check">
            <input
              type="checkbox"
              checked={value === true}
              onChange={({ currentTarget }) => onChange(currentTarget.checked)}
            />
            <span>{label}</span>
          </label>
        </Group>
      );
    case 'choice':
      return field.choices.length > mostRadios ? (
        <Field {...about}>
          {(props) => (
            <select
              {...props}
              class="input"
              required={field.isNeeded}
              value={String(value)}
              onChange={({ currentTarget }) => onChange(currentTarget.value)}
            >
              <option value="">Choose…</option>
              {field.choices.map((choice) => (
                <option key={choice.value} value={choice.value}>
                  {shortLine(choice.title, 200)}
                </option>
              ))}
            </select>
          )}
        </Field>
      ) : (
        <Group {...about}>
          <Choices
            type="radio"
            choices={field.choices}
            chosen={[String(value)]}
            isWrong={said !== null}
            onChoose={([last]) => onChange(last ?? '')}
          />
        </Group>
      );
    case 'choices': {
      const chosen = Array.isArray(value) ? value : [];
      return (
        <Group {...about}>
          <Choices
            type="checkbox"
            choices={field.choices}
            chosen={chosen}
            isWrong={said !== null}
            onChoose={onChange}
          />
        </Group>
      );
    }
    case 'unknown':
      return (
        <Group {...about}>
          <p class="quiet">A field of a kind that cannot be filled in here: {shortLine(field.type, 80) || 'none'}.</p>
        </Group>
      );
  }
};

const inputModes: Readonly<Record<string, 'email' | 'url'>> = { email: 'email', uri: 'url' };

const placeholders: Readonly<Record<string, string>> = {
  email: 'name@example.org',
  uri: 'https://…',
  date: 'YYYY-MM-DD',
  'date-time': 'YYYY-MM-DDThh:mm:ssZ',
};

const hintOf = (field: FormField): string => {
  const words = field.description === null ? '' : visibleText(field.description.slice(0, 2000));
  return [words, boundsOf(field)].filter((part) => part !== '').join(' ');
};

const boundsOf = (field: FormField): string => {
  switch (field.kind) {
    case 'number':
      return between(field.minimum, field.maximum, '');
    case 'text':
      return [
        between(field.minLength, field.maxLength, 'characters'),
        field.pattern === null ? '' : `Written as ${shortLine(field.pattern, 200)}.`,
      ].join(' ');
    case 'choices':
      return between(field.minItems, field.maxItems, 'of them');
    default:
      return '';
  }
};

const between = (least: number | null, most: number | null, unit: string): string => {
  if (least === null && most === null) return '';
  const words =
    least === null
      ? `At most ${most}`
      : most === null
        ? `At least ${least}`
        : least === most
          ? `${least}`
          : `${least} to ${most}`;
  return `${words} ${unit}`.trim().concat('.');
};

type GroupProps = {
  readonly label: string | null;
  readonly hint: string;
  readonly problem: string | null;
  readonly optional: boolean;
  readonly children: ComponentChildren;
};

/** Several controls under one name, with what is wrong below them. */
const Group = ({ label, hint, problem, optional, children }: GroupProps) => {
  const noteId = useId();
  return (
    <fieldset class="field" aria-describedby={noteId}>
      {label !== null && (
        <legend>
          {label}
          {optional && <span class="field-optional"> optional</span>}
        </legend>
      )}
      {children}
      <div id={noteId} class={problem ? 'field-problem' : 'field-hint'} aria-live="polite">
        {problem || hint}
      </div>
    </fieldset>
  );
};

type ChoicesProps = {
  readonly type: 'radio' | 'checkbox';
  readonly choices: readonly FieldChoice[];
  readonly chosen: readonly string[];
  readonly isWrong: boolean;
  readonly onChoose: (chosen: readonly string[]) => void;
};

const Choices = ({ type, choices, chosen, isWrong, onChoose }: ChoicesProps) => {
  const name = useId();
  return (
    <div class="question-choices">
      {choices.map(({ value, title, description }) => (
        <label key={value} class="question-choice">
          <input
            type={type}
            name={name}
            value={value}
            aria-invalid={isWrong || undefined}
            checked={chosen.includes(value)}
            onChange={({ currentTarget }) => {
              if (type === 'radio') onChoose([value]);
              else onChoose(currentTarget.checked ? [...chosen, value] : chosen.filter((one) => one !== value));
            }}
          />
          <span>
            {shortLine(title, 400)}
            {description !== null && <span class="quiet question-choice-words">{shortLine(description, 1000)}</span>}
          </span>
        </label>
      ))}
    </div>
  );
};
