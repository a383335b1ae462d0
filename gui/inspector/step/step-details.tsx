import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { sizeText } from '../../session/text/excerpt.ts';
import { shortLine } from '../../session/text/visible.ts';
import { sentencesOf } from '../../state/sentence.ts';
import type { ShownStep } from '../model/step-book.ts';
import { useInspector } from '../state/inspector-context.ts';
import { ConsideredList } from './considered-list.tsx';
import { ContextTable } from './context-table.tsx';
import { JsonTree } from './json-tree.tsx';

/** Everything about one step, in the order in which it happens: guards, actions, context; and the event itself. */
export const StepDetails = ({ shown }: { readonly shown: ShownStep }) => {
  const { step } = shown;
  return (
    <>
      <Section title="Transitions considered">
        <ConsideredList step={step} />
      </Section>
      {step.actions.length > 0 && (
        <Section title="Actions, in order">
          <ol class="actions">
            {step.actions.map((action, index) => (
              <li key={index}>
                <code>{shortLine(action, 80)}</code>
              </li>
            ))}
          </ol>
        </Section>
      )}
      <Section title={step.changes.length > 0 ? 'Context, as this step changed it' : 'Context, unchanged'}>
        <ContextTable shown={shown} />
      </Section>
      <Section title="Payload">
        <Payload key={`${step.event.run}:${step.event.seq}`} shown={shown} />
      </Section>
    </>
  );
};

const Section = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => {
  const id = useId();
  return (
    <section class="step-section" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  );
};

const Payload = ({ shown: { step } }: { readonly shown: ShownStep }) => {
  const { source } = useInspector();
  const { run, seq } = step.event;
  const fetched = useSignal<{ readonly value: unknown } | null>(null);
  const busy = useSignal(false);
  const problem = useSignal<string | null>(null);

  if (step.omittedPayload === null) return <JsonTree value={step.event.payload} label="Payload" />;
  if (fetched.value !== null) return <JsonTree value={fetched.value.value} label="Payload" />;
  const read = async (): Promise<void> => {
    busy.value = true;
    try {
      fetched.value = { value: await source.payload({ run, seq }) };
      problem.value = null;
    } catch (error) {
      problem.value = sentencesOf(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <div class="payload-omitted">
      <Button busy={busy.value} onClick={() => void read()}>
        Show all {sizeText(step.omittedPayload)}
      </Button>
      {problem.value !== null && <p class="field-problem">{problem.value}</p>}
    </div>
  );
};
