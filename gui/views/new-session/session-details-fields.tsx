import { useId } from 'preact/hooks';
import { Field } from '../../components/field.tsx';
import type { FormProblems, NewSessionForm } from '../../state/new-session-form.ts';
import { branchSlug, suggestedName } from '../../state/suggest-name.ts';
import type { RepositoryLook } from './use-repository.ts';

type DetailsProps = {
  readonly form: NewSessionForm;
  readonly onChange: (change: Partial<NewSessionForm>) => void;
  readonly problems: FormProblems;
  readonly repository: RepositoryLook;
};

/** What has a good default: shown, so that it can be seen what will be, and changed where wanted. */
export const SessionDetailsFields = ({ form, onChange, problems, repository }: DetailsProps) => {
  const branchesId = useId();
  const name = suggestedName(form.prompt);
  const slug = branchSlug(form.name || name);
  return (
    <div class="details-grid">
      <Field label="Name" problem={problems.name}>
        {(props) => (
          <input
            {...props}
            class="input"
            maxLength={200}
            autocomplete="off"
            placeholder={name || 'From the prompt'}
            value={form.name}
            onInput={(event) => onChange({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Approvals">
        {(props) => (
          <select
            {...props}
            class="input"
            value={form.approvals}
            onChange={(event) => onChange({ approvals: event.currentTarget.value as NewSessionForm['approvals'] })}
          >
            <option value="ask">Ask me</option>
            <option value="allow">Allow everything</option>
            <option value="deny">Deny everything</option>
          </select>
        )}
      </Field>
      <Field label="Branch" problem={problems.branch}>
        {(props) => (
          <input
            {...props}
            class="input mono"
            maxLength={200}
            autocomplete="off"
            spellcheck={false}
            disabled={!form.worktree}
            placeholder={form.worktree ? `throughline/${slug || 'session'}-…` : 'Works on what is checked out'}
            value={form.branch}
            onInput={(event) => onChange({ branch: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Based on" problem={problems.base}>
        {(props) => (
          <>
            <input
              {...props}
              class="input mono"
              maxLength={200}
              autocomplete="off"
              spellcheck={false}
              disabled={!form.worktree}
              list={branchesId}
              placeholder={(repository.kind === 'found' && repository.headBranch) || 'What is checked out'}
              value={form.base}
              onInput={(event) => onChange({ base: event.currentTarget.value })}
            />
            <datalist id={branchesId}>
              {repository.kind === 'found' &&
                repository.branches.map((branch) => <option key={branch} value={branch} />)}
            </datalist>
          </>
        )}
      </Field>
      <label class="check details-wide">
        <input
          type="checkbox"
          checked={form.worktree}
          onChange={(event) => onChange({ worktree: event.currentTarget.checked })}
        />
        <span>
          Work in a worktree of its own <span class="quiet">so that sessions do not get in each other’s way</span>
        </span>
      </label>
    </div>
  );
};
