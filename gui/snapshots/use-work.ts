import { useEffect, useMemo } from 'preact/hooks';
import { createWorkState, type WorkState } from '../session/state/work-state.ts';
import { useWindow } from '../shell/window-scope.ts';

/** What became of a session's work, asked for once. */
export const useWork = (id: string): WorkState => {
  const { call } = useWindow().connection;
  const state = useMemo(() => createWorkState(call, id), [call, id]);
  useEffect(() => {
    state.refresh();
    return state.close;
  }, [state]);
  return state;
};
