/** The actor system as it is now, and the machine of one session, over a WebSocket that comes back by itself. */
import { useEffect, useState } from 'preact/hooks';
import type { ActorSystemSample, ActorsMessage } from '../../actors/protocol/gateway/actor-system.ts';
import { connectLive } from '../connection/live.ts';

type Listeners = {
  /** Whose machine is followed as well. */
  readonly session?: string;
  readonly onMessage: (message: ActorsMessage) => void;
};

/** Follows until what it gives is called. */
export const followActors = ({ session, onMessage }: Listeners): (() => void) => {
  const query = session === undefined ? '' : `?session=${encodeURIComponent(session)}`;
  const live = connectLive({
    address: () => `/api/actors/live${query}`,
    // The gateway makes what it sends by the same schema.
    onMessage: (message) => onMessage(message as ActorsMessage),
    // The dashboard's connection says it for the whole window when the runtime is gone.
    onState: () => {},
  });
  return live.close;
};

/** The newest sample while the component is there; null before the first. */
export const useActors = (): ActorSystemSample | null => {
  const [sample, setSample] = useState<ActorSystemSample | null>(null);
  useEffect(
    () =>
      followActors({
        onMessage: (message) => {
          if (message.kind === 'sample') setSample(message.sample);
        },
      }),
    [],
  );
  return sample;
};
