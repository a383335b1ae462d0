import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { LatePart, LatePartState } from '../../shell/late-part.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { LostPart } from './lost-part.tsx';

/** A part that is shown now, and is fetched if it is not there; again when the runtime has come back. */
export const useLatePart = <Part,>({ state, load }: LatePart<Part>): LatePartState<Part> => {
  const isLive = useWindow().store.connection.value.kind === 'live';
  useEffect(load, [load, isLive]);
  return state.value;
};

type LateViewProps<Props extends object> = { readonly of: LatePart<ComponentType<Props>>; readonly props: Props };

/** A view that comes in a file of its own: nothing waits for it but who opens it. */
export const LateView = <Props extends object>({ of, props }: LateViewProps<Props>) => {
  const late = useLatePart(of);
  if (late.kind === 'failed') return <LostPart />;
  return late.kind === 'loaded' ? <late.part {...props} /> : null;
};
