import { useId } from 'preact/hooks';
import { type PanelName, useInspector } from '../state/inspector-context.ts';
import { StepPanel } from '../step/step-panel.tsx';
import { LiveMachine } from './live-machine.tsx';
import { WhatIfPanel } from './what-if-panel.tsx';

const names = { step: 'Step', 'what-if': 'What if', live: 'Live' } as const satisfies Record<PanelName, string>;
const order = Object.keys(names) as readonly PanelName[];

/** What is told beside the picture: the step, what would be if, or what the running machine does now. */
export const SidePanel = () => {
  const { panel } = useInspector();
  const id = useId();
  const chosen = panel.value;
  const choose = (name: PanelName): void => {
    panel.value = name;
    document.getElementById(`${id}-${name}`)?.focus();
  };
  return (
    <div class="side-panel">
      <div class="tabs" role="tablist" aria-label="What is shown beside the statechart">
        {order.map((name, index) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            class="tab"
            aria-selected={chosen === name}
            aria-controls={`${id}-panel`}
            tabIndex={chosen === name ? 0 : -1}
            onClick={() => choose(name)}
            onKeyDown={(event) => {
              const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              const next = order[(index + step + order.length) % order.length];
              if (step === 0 || next === undefined) return;
              event.preventDefault();
              choose(next);
            }}
          >
            {names[name]}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached with the keyboard */}
      <div id={`${id}-panel`} class="panel-body" role="tabpanel" tabIndex={0} aria-labelledby={`${id}-${chosen}`}>
        <Chosen />
      </div>
    </div>
  );
};

const Chosen = () => {
  const { panel, state, sessionId } = useInspector();
  switch (panel.value) {
    case 'step':
      return <StepPanel />;
    case 'what-if':
      return <WhatIfPanel />;
    case 'live':
      return sessionId === null ? (
        <p class="quiet">A file is of the past: nothing in it is live.</p>
      ) : (
        <LiveMachine id={sessionId} onOpen={state.goTo} />
      );
  }
};
