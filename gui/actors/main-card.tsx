import type { ComponentChildren } from 'preact';
import { counted } from '../../actors/protocol/facts/counted.ts';
import type { ActorSystemSample } from '../../actors/protocol/gateway/actor-system.ts';
import { bytesPerSecond, megabytes, milliseconds } from './figures.ts';
import { BusyMeter } from './meter.tsx';

/** The main thread: it supervises the others, owns the agents' processes, and answers the windows and scripts. */
export const MainCard = ({ sample }: { readonly sample: ActorSystemSample }) => {
  const { main, agents, agentCount, clients } = sample;
  const memory = agents.reduce((sum, agent) => sum + (agent.memoryBytes ?? 0), 0);
  const output = agents.reduce((sum, agent) => sum + agent.outputBytesPerSecond, 0);
  return (
    <section class="actor main-thread" aria-label="Main thread">
      <header class="actor-head">
        <h2>Main thread</h2>
        <BusyMeter share={main.utilisation} label="the main thread" />
      </header>
      <dl class="main-figures numbers">
        <Figure name="Runtime">
          {megabytes(main.memoryBytes)} <span class="quiet">pid {main.pid}</span>
        </Figure>
        <Figure name="Timers late">
          {milliseconds(main.delayMs.p50)} <span class="quiet">p99 {milliseconds(main.delayMs.p99)}</span>
        </Figure>
        <Figure name={counted(agentCount, 'agent')}>
          {agentCount === 0 ? (
            <span class="quiet">none runs</span>
          ) : (
            <>
              {megabytes(memory)} <span class="quiet">{bytesPerSecond(output)}</span>
            </>
          )}
        </Figure>
        <Figure name="Clients">
          {counted(clients.dashboards, 'dashboard')}{' '}
          <span class="quiet">
            {counted(clients.tails, 'tail')}, {clients.actors} here
          </span>
        </Figure>
      </dl>
    </section>
  );
};

const Figure = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
