/** Pure, and without the machine: the window goes from step to step with it. */
import type { ContextChange, InspectedContext } from '../../protocol/gateway/inspection.ts';

/** The context after some changes: what the inspector does from step to step. */
export const applyChanges = (context: InspectedContext, changes: readonly ContextChange[]): InspectedContext => {
  const after: Record<string, unknown> = { ...context };
  for (const change of changes) {
    if ('added' in change) {
      const list = (after[change.key] as readonly string[]).filter((item) => !change.removed.includes(item));
      after[change.key] = [...list, ...change.added];
    } else after[change.key] = change.after;
  }
  return after as InspectedContext;
};
