import { useEffect, useState } from 'preact/hooks';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import { inUsualOrder, OptionField } from '../../components/option-field.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import type { NewSessionForm } from '../../state/new-session-form.ts';

type AgentChoicesProps = {
  readonly agent: string;
  readonly choices: NewSessionForm['choices'];
  readonly onChange: (change: Partial<NewSessionForm>) => void;
};

/** What of the agent could be chosen when it was used last; one that was never used has nothing to show. */
export const AgentChoices = ({ agent, choices, onChange }: AgentChoicesProps) => {
  const { call } = useWindow().connection;
  const [known, setKnown] = useState<RouteAnswer<'agentOptions'> | null>(null);
  useEffect(() => {
    setKnown(null);
    if (agent === '' || agent === 'acp:') return;
    const asking = new AbortController();
    call('agentOptions', { parameters: { name: agent } }, { signal: asking.signal })
      .then(setKnown)
      // A session begins without them as well.
      .catch(() => {});
    return () => asking.abort();
  }, [call, agent]);
  if (known === null || known.options.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: it stands in a fieldset already
    <div class="agent-options" role="group" aria-label="The agent’s options">
      {inUsualOrder(known.options).map((option) => (
        <OptionField
          key={option.id}
          option={option}
          chosen={choices[option.id] ?? known.choices[option.id]}
          onChoose={(value) => onChange({ choices: { ...choices, [option.id]: value } })}
        />
      ))}
    </div>
  );
};
