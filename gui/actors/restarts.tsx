import { counted } from '../../actors/protocol/facts/counted.ts';
import type { ActorSystemSample } from '../../actors/protocol/gateway/actor-system.ts';

type Restarts = ActorSystemSample['writer']['restarts'];

/** How often a supervisor had to start its actor again; nothing while it never had to. */
export const RestartNote = ({ restarts }: { readonly restarts: Restarts }) => {
  const { total, used, budget, withinMs } = restarts;
  if (total === 0) return null;
  return (
    <p class="actor-warning">
      {counted(total, 'restart')}
      <span class="quiet">
        {' '}
        · {used} of {budget} within {Math.round(withinMs / 1_000)} s
      </span>
    </p>
  );
};

/** That a thread does not answer; nothing while it does. */
export const SilenceNote = ({ silentMs }: { readonly silentMs: number }) =>
  silentMs < 1_000 ? null : <p class="actor-warning">Has not answered for {Math.round(silentMs / 1_000)} s</p>;
