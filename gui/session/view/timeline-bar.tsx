import { useSignal } from '@preact/signals';
import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';
import type { Direction } from '../state/session-source.ts';
import { type JumpKind, jumpKinds } from './jump-kinds.ts';
import { PlanStrip } from './plan-strip.tsx';

/** What moves through the timeline: by kind, by run, by words; and what is shown of it. */
export const TimelineBar = () => {
  const { actions } = useWindow();
  const { openMenu } = useWindow().menus;
  const { showError, showToast } = useWindow().toasts;
  const { id, state, showQuiet, showFind, showSnapshots } = useSession();
  const kind = useSignal<JumpKind>('attention');
  const runs = (state.detail.value?.runs ?? []).filter(({ run }) => run > 0);

  const jump = async (direction: Direction): Promise<void> => {
    const { name, types } = jumpKinds[kind.value];
    const from = state.target.peek()?.place ?? (direction === 'next' ? { run: 0, seq: 0 } : null);
    try {
      const found = await state.jump(types, from, direction);
      if (!found) showToast({ text: `${name}: none ${direction === 'next' ? 'after' : 'before'} this.` });
    } catch (error) {
      showError(error);
    }
  };

  return (
    <div class="timeline-bar" role="toolbar" aria-label="Timeline">
      <PlanStrip />
      <div class="timeline-bar-tools">
        {runs.length > 1 && (
          <Button
            look="bare"
            onClick={({ currentTarget }) =>
              openMenu(
                currentTarget,
                'Go to run',
                runs.map(({ run, outcome, events }) => ({
                  label: `Run ${run}`,
                  detail: `${outcome ?? 'under way'} · ${events.toLocaleString()}`,
                  run: () => void state.goTo({ run, seq: 1 }),
                })),
              )
            }
          >
            Run {state.lastRun.value}
          </Button>
        )}
        <span class="jump">
          <Button
            look="bare"
            icon="chevron"
            class="jump-previous"
            label={`Previous: ${jumpKinds[kind.value].name}`}
            onClick={() => void jump('previous')}
          />
          <Button
            look="bare"
            icon="chevron"
            label={`Next: ${jumpKinds[kind.value].name}`}
            onClick={() => void jump('next')}
          />
        </span>
        <Button
          look="bare"
          icon="more"
          label="What to jump to, and what is shown"
          onClick={({ currentTarget }) =>
            openMenu(currentTarget, 'Timeline', [
              ...(Object.keys(jumpKinds) as JumpKind[]).map((name) => ({
                label: `Jump by: ${jumpKinds[name].name.toLowerCase()}`,
                checked: kind.value === name,
                run: () => {
                  kind.value = name;
                },
              })),
              'line' as const,
              {
                label: showQuiet.value ? 'Hide notes' : 'Show notes',
                run: () => {
                  showQuiet.value = !showQuiet.value;
                },
              },
              { label: 'Go to the beginning', run: () => void state.goTo({ run: 0, seq: 1 }) },
            ])
          }
        />
        <Button
          look="bare"
          icon="search"
          label="Find in this session"
          aria-pressed={showFind.value}
          onClick={() => {
            showFind.value = !showFind.value;
          }}
        />
        <Button look="bare" icon="diff" title="Review what it changed (R)" onClick={() => actions.reviewSession(id)}>
          Review
        </Button>
        <Button
          look="bare"
          icon="camera"
          aria-pressed={showSnapshots.value}
          class="snapshots-toggle"
          title="The kept states of the tree (H)"
          onClick={() => {
            showSnapshots.value = !showSnapshots.value;
          }}
        >
          Snapshots
        </Button>
      </div>
    </div>
  );
};
