import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useInspector } from '../state/inspector-context.ts';

/** Which run is looked at, and the way to the others. */
export const RunChooser = () => {
  const { openMenu } = useWindow().menus;
  const { state } = useInspector();
  const runs = state.runs.value ?? [];
  const run = state.track.value?.track.run ?? state.place.value?.run ?? null;
  if (run === null) return null;
  if (runs.length < 2) return <span class="run-chooser">Run {run}</span>;
  return (
    <span class="run-chooser">
      <Button look="bare" icon="back" label="The run before ([)" onClick={() => state.toRun(-1)} />
      <Button
        look="bare"
        aria-haspopup="menu"
        onClick={({ currentTarget }) =>
          openMenu(
            currentTarget,
            'Run',
            runs.map((known) => ({
              label: `Run ${known.run}`,
              detail: `${known.outcome ?? 'under way'} · ${known.events.toLocaleString()}`,
              checked: known.run === run,
              run: () => state.goTo({ run: known.run, seq: 1 }),
            })),
          )
        }
      >
        Run {run} of {runs.length}
      </Button>
      <Button look="bare" icon="back" class="turned" label="The next run (])" onClick={() => state.toRun(1)} />
    </span>
  );
};
