import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { Icon } from '../../components/icon.tsx';
import { PlanView } from '../items/line-views.tsx';
import { useSession } from '../state/session-context.ts';
import { shortLine } from '../text/visible.ts';

/** Where the work stands in the agent's newest plan, in a line; the whole plan when it is asked for. */
export const PlanStrip = () => {
  const { state, live } = useSession();
  const isOpen = useSignal(false);
  const bodyId = useId();
  const plan = state.timeline.value?.plan ?? null;
  if (plan === null || plan.entries.length === 0 || plan.run !== (live.value ?? state.lastRun.value)) {
    return <div class="plan-strip" />;
  }
  const done = plan.entries.filter((entry) => entry.status === 'completed').length;
  const current =
    plan.entries.find((entry) => entry.status === 'in_progress') ??
    plan.entries.find((entry) => entry.status !== 'completed');
  return (
    <div class="plan-strip">
      <button
        type="button"
        class="plan-strip-head"
        aria-expanded={isOpen.value}
        aria-controls={bodyId}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name="chevron" class="fold-mark" />
        <span class="numbers">
          Plan {done}/{plan.entries.length}
        </span>
        <span class="one-line quiet">{current === undefined ? 'All done' : shortLine(current.content, 120)}</span>
      </button>
      {isOpen.value && (
        <div class="plan-strip-body" id={bodyId}>
          <PlanView item={plan} />
        </div>
      )}
    </div>
  );
};
