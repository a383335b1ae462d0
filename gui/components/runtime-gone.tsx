import { useSurroundings } from './surroundings.ts';

/** Why what stands beside it cannot be pressed while the runtime is gone; nothing while it is there. */
export const RuntimeGone = () =>
  useSurroundings().isRuntimeGone.value ? (
    <p class="runtime-gone quiet">The runtime is gone: this can be done when it is back.</p>
  ) : null;
