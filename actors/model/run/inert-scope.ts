import { createActor } from 'xstate';
import { runMachine } from './machine.ts';
import { defaultRunInput } from './run-input.ts';

type RunScope = Parameters<typeof runMachine.transition>[2];

const nothing = (): void => {};

const self = createActor(runMachine, { input: defaultRunInput });

/**
 * Where a pure transition of the machine takes place: nothing is executed, scheduled or emitted from it, and it holds
 * no state, so one serves them all. XState's own `transition` makes an actor for each single one, which took ten times
 * as long as the transition itself.
 */
export const inertScope: RunScope = {
  self,
  id: self.id,
  sessionId: self.sessionId,
  system: self.system,
  logger: nothing,
  defer: nothing,
  emit: nothing,
  stopChild: nothing,
  actionExecutor: nothing,
};
