/** The actor system as it is now, and the machine of one session, over a WebSocket that comes back by itself. */
import { useEffect, useState } from 'preact/hooks';
import type { ActorSystemSample, ActorsMessage } from '../../actors/protocol/gateway/actor-system.ts';
import { isActorsMessage } from '../connection/actors-messages.ts';
import type { Follow } from '../connection/live.ts';
import { useWindow } from '../shell/window-scope.ts';

type Listeners = {
  readonly follow: Follow;
  /** Whose machine is followed as well. */
  readonly session?: string;
  readonly onMessage: (message: ActorsMessage) => void;
};

/** Follows until what it gives is called. */
export const followActors = ({ follow, session, onMessage }: Listeners): (() => void) => {
  const query = session === undefined ? '' : `?session=${encodeURIComponent(session)}`;
  const live = follow({
    address: () => `/api/actors/live${query}`,
    isMessage: isActorsMessage,
    onMessage,
    // The dashboard's connection says it for the whole window when the runtime is gone.
    onState: () => {},
  });
  return live.close;
};

/** The newest sample while the component is there; null before the first. */
export const useActors = (): ActorSystemSample | null => {
  const { follow } = useWindow().connection;
  const [sample, setSample] = useState<ActorSystemSample | null>(null);
  useEffect(
    () =>
      followActors({
        follow,
        onMessage: (message) => {
          if (message.kind === 'sample') setSample(message.sample);
        },
      }),
    [follow],
  );
  return sample;
};
