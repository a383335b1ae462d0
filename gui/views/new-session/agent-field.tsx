import { rehearsalScripts } from '../../../actors/agents/rehearsal/scripts/scripts.ts';
import type { AgentDescription } from '../../../actors/protocol/gateway/api.ts';
import type { NewSessionForm } from '../../state/new-session-form.ts';
import { plainLine } from '../../state/plain-text.ts';
import { AgentChoices } from './agent-choices.tsx';

type AgentFieldProps = {
  readonly agents: readonly AgentDescription[] | null;
  readonly form: NewSessionForm;
  readonly onChange: (change: Partial<NewSessionForm>) => void;
  readonly problem?: string | null | undefined;
};

/** The agents that are there to be chosen from; those that are not, with how to get them. */
export const AgentField = ({ agents, form, onChange, problem }: AgentFieldProps) => {
  const installed = agents?.filter((agent) => agent.installed) ?? [];
  const missing = agents?.filter((agent) => !agent.installed) ?? [];
  return (
    <fieldset class="field agent-field" aria-describedby="agent-problem">
      <legend>Agent</legend>
      <div class="agent-choices" aria-busy={agents === null}>
        {installed.map((agent) => (
          <Choice
            key={agent.name}
            value={agent.name}
            chosen={form.agent}
            title={agent.path ?? agent.title}
            label={titleOf(agent)}
            asksNothing={agent.asks === false}
            onChange={onChange}
          />
        ))}
        {agents !== null && (
          <Choice value="acp:" chosen={form.agent} label="Another command…" title={undefined} onChange={onChange} />
        )}
      </div>
      {form.agent === 'rehearsal' && (
        <label class="agent-more">
          <span>Script</span>
          <select
            class="input"
            value={form.script}
            onChange={(event) => onChange({ script: event.currentTarget.value })}
          >
            {Object.entries(rehearsalScripts).map(([name, does]) => (
              <option key={name} value={name}>
                {name}: {does}
              </option>
            ))}
          </select>
        </label>
      )}
      {form.agent === 'acp:' && (
        <label class="agent-more">
          <span>Command</span>
          <input
            class="input mono"
            autocomplete="off"
            spellcheck={false}
            placeholder="my-agent --acp"
            value={form.command}
            onInput={(event) => onChange({ command: event.currentTarget.value })}
          />
        </label>
      )}
      <AgentChoices agent={form.agent} choices={form.choices} onChange={onChange} />
      <div id="agent-problem" class={problem ? 'field-problem' : 'field-hint'} aria-live="polite">
        {problem}
      </div>
      {missing.length > 0 && (
        <details class="agent-missing">
          <summary>Not installed: {missing.map((agent) => titleOf(agent)).join(', ')}</summary>
          <dl>
            {missing.map((agent) => (
              <div key={agent.name}>
                <dt>{titleOf(agent)}</dt>
                <dd>{agent.install ? <code>{plainLine(agent.install)}</code> : 'Its program was not found.'}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </fieldset>
  );
};

// What follows a colon explains; a choice has room for the name.
const titleOf = (agent: AgentDescription): string => plainLine(agent.title.split(':', 1)[0] || agent.name);

type ChoiceProps = {
  readonly value: string;
  readonly chosen: string;
  readonly label: string;
  readonly title: string | undefined;
  /** It acts without asking, whatever is chosen for approvals. */
  readonly asksNothing?: boolean;
  readonly onChange: (change: Partial<NewSessionForm>) => void;
};

const Choice = ({ value, chosen, label, title, asksNothing = false, onChange }: ChoiceProps) => (
  <label class="agent-choice" title={title}>
    <input
      type="radio"
      name="agent"
      class="visually-hidden"
      value={value}
      checked={chosen === value}
      onChange={() => onChange({ agent: value, choices: {} })}
    />
    {label}
    {asksNothing && (
      <span class="asks-nothing" title="This agent does not ask before it acts">
        asks nothing
      </span>
    )}
  </label>
);
