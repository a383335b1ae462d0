import { ApiError } from '../../../gui/connection/api.ts';
import type { Connection } from '../../../gui/connection/connection.ts';
import { createMemory } from '../../../gui/connection/memory.ts';
import { createNavigation } from '../../../gui/shell/navigation.ts';
import { createStore } from '../../../gui/shell/store.ts';
import { openWindow, type WindowScope } from '../../../gui/shell/window-scope.ts';

const refused = async (): Promise<never> => {
  throw new ApiError('There is no runtime here.', { code: 'runtime.unreachable' });
};

/** A whole window whose runtime answers nothing: for parts of it that are drawn by themselves. */
export const windowWithoutRuntime = (): WindowScope => {
  const memory = createMemory(refused, null);
  const connection: Connection = {
    call: refused,
    callOf: () => refused,
    fetchBytes: refused,
    follow: () => ({ retry: () => {}, close: () => {} }),
    memory,
    learnKey: async () => {},
  };
  const navigation = createNavigation();
  const store = createStore({ memory, currentRoute: navigation.currentRoute });
  const loaders = {
    session: refused,
    newSession: refused,
    search: refused,
    inspector: refused,
    review: refused,
    file: refused,
    actors: refused,
    landing: refused,
    setupQuestion: refused,
    workDialog: refused,
  };
  return openWindow({ connection, navigation, store, loaders });
};
