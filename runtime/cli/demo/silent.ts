import type { Invocation } from '../invocation/invocation.ts';

/** The same call, saying nothing on stdout. */
export const silent = (invocation: Invocation): Invocation => {
  const nothing = async (): Promise<void> => {};
  return {
    ...invocation,
    json: false,
    terminal: { ...invocation.terminal, write: nothing, writeLine: nothing, writeJson: nothing },
  };
};
