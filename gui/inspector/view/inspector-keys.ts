import { stepsOfPage } from '../model/step-book.ts';
import type { InspectorScope } from '../state/inspector-context.ts';

const ownsArrows = 'input:not([type=checkbox]), textarea, select, [role=tab], [role=menuitem]';

/** The keys of the inspector, wherever in it the focus is, except where something is typed or chosen. */
export const inspectorKeys = ({ state, panel, isPlaying }: InspectorScope, leave: () => void) => {
  const plain: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => state.step(-1),
    ArrowRight: () => state.step(1),
    Home: () => state.toEdge('start'),
    End: () => state.toEdge('end'),
    n: () => state.toMark(1),
    p: () => state.toMark(-1),
    '[': () => state.toRun(-1),
    ']': () => state.toRun(1),
    w: () => {
      panel.value = 'what-if';
    },
    Escape: leave,
  };
  const shifted: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => state.toChange(-1),
    ArrowRight: () => state.toChange(1),
  };
  /** What a slider has besides. */
  const onSlider: Readonly<Record<string, () => void>> = {
    ArrowDown: () => state.step(-1),
    ArrowUp: () => state.step(1),
    PageDown: () => state.step(-1, stepsOfPage),
    PageUp: () => state.step(1, stepsOfPage),
    ' ': () => {
      isPlaying.value = !isPlaying.peek();
    },
  };
  return (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.matches(ownsArrows) && event.key !== 'Escape') return;
    const run =
      (event.shiftKey ? shifted[event.key] : undefined) ??
      plain[event.key] ??
      (target?.matches('[role=slider]') ? onSlider[event.key] : undefined);
    if (run === undefined) return;
    event.preventDefault();
    run();
  };
};
