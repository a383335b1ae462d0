/** What the machine of a session does now, step by step, the newest first: told by the machine itself, not by the log. */
import { useEffect, useState } from 'preact/hooks';
import { milliseconds } from '../../actors/figures.ts';
import { followActors } from '../../actors/follow-actors.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { addLiveEvents, type LiveStep, type LiveTimer, passedDelay } from '../model/live-steps.ts';

export type LiveMachineProps = {
  /** The session's id. */
  readonly id: string;
  /** Goes to the event that a step was told; without it a step is not a link. */
  readonly onOpen?: (place: { readonly run: number; readonly seq: number }) => void;
};

export const LiveMachine = ({ id, onOpen }: LiveMachineProps) => {
  const { follow } = useWindow().connection;
  const [steps, setSteps] = useState<readonly LiveStep[]>([]);

  useEffect(() => {
    setSteps([]);
    return followActors({
      follow,
      session: id,
      onMessage: (message) => {
        if (message.kind === 'machine') setSteps((known) => addLiveEvents(known, message.events, message.dropped));
      },
    });
  }, [follow, id]);

  return (
    <section class="live-machine" aria-label="Live steps of the machine">
      <header class="live-machine-head">
        <h2>Live</h2>
        <p class="quiet">What the running machine is told and does, its timers included.</p>
      </header>
      {steps.length === 0 ? (
        <p class="live-machine-empty quiet">
          Nothing yet. The machine of a session is there while the session is live.
        </p>
      ) : (
        <ol class="live-steps">
          {[...steps].reverse().map((step) => (
            <li key={step.key} class={`live-step live-${step.kind}`}>
              <Step step={step} onOpen={onOpen} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};

const Step = ({ step, onOpen }: { readonly step: LiveStep; readonly onOpen: LiveMachineProps['onOpen'] }) => {
  switch (step.kind) {
    case 'gap':
      return <p class="quiet">{step.dropped.toLocaleString()} parts of steps came too fast and are left out</p>;
    case 'standing':
      return (
        <>
          <p class="live-event">
            <Time at={step.at} />
            <span>Run {step.run}</span>
          </p>
          <p class="live-states">
            stands at <States of={step.states} />
          </p>
          <Timers of={step.timers} />
        </>
      );
    case 'step':
      return (
        <>
          <p class="live-event">
            <Time at={step.at} />
            <EventName step={step} onOpen={onOpen} />
            {step.says !== '' && <span class="quiet one-line">{step.says}</span>}
          </p>
          <p class="live-states">
            {sameStates(step.from, step.to) ? (
              <span class="quiet">
                stays at <States of={step.to} />
              </span>
            ) : (
              <>
                <States of={step.from} /> <span aria-hidden="true">→</span>
                <span class="visually-hidden">to</span> <States of={step.to} />
              </>
            )}
            {step.guards.map((guard) => (
              <span key={guard} class="live-guard quiet">
                {' '}
                [{guard}]
              </span>
            ))}
          </p>
          {step.actions.length > 0 && (
            <ul class="live-actions" aria-label="Actions">
              {step.actions.map((action) => (
                <li key={action}>{action}</li>
              ))}
            </ul>
          )}
          <Timers of={step.timers} />
        </>
      );
  }
};

const EventName = ({
  step,
  onOpen,
}: {
  readonly step: Extract<LiveStep, { readonly kind: 'step' }>;
  readonly onOpen: LiveMachineProps['onOpen'];
}) => {
  const { run, seq } = step;
  const delay = passedDelay(step.event);
  if (seq === null || onOpen === undefined) {
    return <strong class="mono">{delay === null ? step.event : `${delay} has passed`}</strong>;
  }
  return (
    <button type="button" class="link mono" onClick={() => onOpen({ run, seq })} title={`Event ${run}:${seq}`}>
      {step.event}
    </button>
  );
};

const Timers = ({ of: timers }: { readonly of: readonly LiveTimer[] }) =>
  timers.length === 0 ? null : (
    <ul class="live-timers quiet" aria-label="Timers">
      {timers.map((timer) => (
        <li key={`${timer.kind} ${timer.delay}`}>
          {timer.kind === 'set' ? `${timer.delay} in ${milliseconds(timer.delayMs)}` : `${timer.delay} cancelled`}
        </li>
      ))}
    </ul>
  );

const States = ({ of: states }: { readonly of: readonly string[] }) => (
  <span class="live-state mono">{states.map((state) => state.replace(/^run\./u, '')).join(', ')}</span>
);

const sameStates = (left: readonly string[], right: readonly string[]): boolean => left.join() === right.join();

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

const Time = ({ at }: { readonly at: number }) => (
  <time class="quiet numbers" dateTime={new Date(at).toISOString()}>
    {clock.format(at)}
  </time>
);
