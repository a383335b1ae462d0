import { classes } from '../../components/classes.ts';
import { Icon } from '../../components/icon.tsx';
import type { LandingBead } from '../model/landing-beads.ts';

const spoken = { done: 'done', now: 'now', next: 'waits', stuck: 'stuck', failed: 'failed' } as const;

/** Rebase, check, land: how far it has come, as three beads. */
export const QueueSteps = ({ beads }: { readonly beads: readonly LandingBead[] }) => (
  <div
    class="queue-steps"
    role="img"
    aria-label={beads.map(({ word, state }) => `${word}: ${spoken[state]}`).join(', ')}
  >
    {beads.map(({ word, state }) => (
      <span key={word} class={classes('queue-step', `step-${state}`)}>
        <i>
          {state === 'done' && <Icon name="check" />}
          {state === 'stuck' && <Icon name="warning" />}
          {state === 'failed' && <Icon name="close" />}
        </i>
        {word}
      </span>
    ))}
  </div>
);
