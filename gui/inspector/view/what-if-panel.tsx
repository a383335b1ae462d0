import { useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';
import type { RunEventType } from '../../../actors/protocol/facts/events.ts';
import { Button } from '../../components/button.tsx';
import { Keys } from '../../components/keys.tsx';
import { placeKey } from '../../session/model/place.ts';
import { shortLine } from '../../session/text/visible.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { type EventTemplate, templatesFor } from '../model/what-if-templates.ts';
import { branchHere, useInspector } from '../state/inspector-context.ts';
import { standingAfter } from '../state/what-if-state.ts';
import { BranchSteps } from './branch-steps.tsx';

/** Those that move the machine first. */
const eventTypes = [
  'prompt',
  'status',
  'approval_requested',
  'approval_resolved',
  'tool_call',
  'tool_result',
  'interrupt_requested',
  'message',
  'thinking',
  'plan',
  'error',
  'usage',
  'note',
] as const satisfies readonly RunEventType[];

/** Sends an event to a copy of the machine, and shows where that would have led. */
export const WhatIfPanel = () => {
  const scope = useInspector();
  const { state, whatIf, source } = scope;
  const type = useSignal('');
  const payload = useSignal('');
  const invalid = useSignal<string | null>(null);
  const [typeId, payloadId, problemId] = [useId(), useId(), useId()];
  const place = state.place.value;
  const shown = state.shown.value;
  const branch = branchHere(scope);
  const other = branch === null ? whatIf.branch.value : null;
  const standing = branch?.steps[branch.at] ?? shown;
  const templates = useMemo(() => (standing === null ? [] : templatesFor(standingAfter(standing))), [standing]);

  if (source.live === null) {
    return <p class="quiet">A file holds no machine to copy: this needs the session itself.</p>;
  }
  if (place === null || shown === null) return null;

  const fill = (template: EventTemplate): void => {
    type.value = template.type;
    payload.value = JSON.stringify(template.payload, null, 2);
    invalid.value = null;
  };
  const send = async (): Promise<void> => {
    const parsed = parsedPayload(payload.value);
    invalid.value = type.value === '' ? 'Choose the type of the event.' : parsed.problem;
    if (invalid.value !== null) return;
    await whatIf.send(place, { type: type.value, payload: parsed.value });
  };
  const problem = invalid.value ?? (whatIf.failure.value === null ? null : sentencesOf(whatIf.failure.value));
  return (
    <div class="what-if">
      <p class="copy-words">
        A copy of the machine as it stood after {placeKey(place)} is sent an event. The session is not touched.
      </p>
      {other !== null && (
        <p class="quiet">
          There is a copy of {placeKey(other.place)}.{' '}
          <button type="button" class="link" onClick={() => state.goTo(other.place)}>
            Go back to it
          </button>
        </p>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons, not of fields */}
      <div class="templates" role="group" aria-label="Events that make sense here">
        {templates.map((template) => (
          <Button key={template.name} onClick={() => fill(template)}>
            {shortLine(template.name, 60)}
          </Button>
        ))}
      </div>
      <form
        aria-label="An event for the copy"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div class="field">
          <label for={typeId}>Type</label>
          <select
            id={typeId}
            class="input"
            value={type.value}
            onChange={({ currentTarget }) => {
              type.value = currentTarget.value;
            }}
          >
            <option value="">Choose…</option>
            {eventTypes.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for={payloadId}>Payload, as JSON</label>
          <textarea
            id={payloadId}
            class="input mono"
            rows={6}
            spellcheck={false}
            aria-invalid={problem !== null}
            aria-describedby={problemId}
            value={payload.value}
            onInput={({ currentTarget }) => {
              payload.value = currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              void send();
            }}
          />
          <p class="field-problem" id={problemId} role="alert">
            {problem}
          </p>
        </div>
        <div class="what-if-buttons">
          <Button look="primary" type="submit" busy={whatIf.busy.value}>
            Send to the copy
          </Button>
          <Keys of="Mod+Enter" />
          {branch !== null && (
            <Button look="bare" icon="restore" onClick={whatIf.reset}>
              Forget the copy
            </Button>
          )}
        </div>
      </form>
      {branch !== null && <BranchSteps branch={branch} />}
    </div>
  );
};

const parsedPayload = (text: string): { readonly value: unknown; readonly problem: string | null } => {
  if (text.trim() === '') return { value: {}, problem: null };
  try {
    return { value: JSON.parse(text), problem: null };
  } catch (error) {
    return { value: null, problem: `The payload is no JSON: ${error instanceof Error ? error.message : ''}` };
  }
};
