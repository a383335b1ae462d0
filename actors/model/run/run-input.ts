/** What a run's machine is told at its beginning. */
export type RunInput = {
  /** How long the agent has to react before it is asked to cancel once more. */
  readonly cancelRetryMs: number;
  /** How long an interrupt may take in all before the agent's process group is ended. */
  readonly interruptDeadlineMs: number;
};

export const defaultRunInput: RunInput = { cancelRetryMs: 3_000, interruptDeadlineMs: 10_000 };
