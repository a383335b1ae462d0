import type { DashboardStatus } from '../../actors/protocol/facts/status.ts';
import { classes } from './classes.ts';

/** One shape a status, so that neither colour nor the word alone has to carry it. */
const shapes = {
  Starting: <circle cx="6" cy="6" r="4.25" stroke-dasharray="2 2.45" />,
  Running: (
    <>
      <circle cx="6" cy="6" r="4.25" class="chip-track" />
      <path d="M6 1.75A4.25 4.25 0 0 1 10.25 6" class="chip-turning" />
      <circle cx="6" cy="6" r="1.5" class="chip-filled" />
    </>
  ),
  Completed: <path d="m2.25 6.5 2.5 2.5L9.750 3.250" />,
  /** Completed, but not all of it. */
  cutShort: <path d="M2 6h5.500M5 3.500 7.500 6 5 8.500M10 2.750v6.500" />,
  Interrupted: <path d="M4.250 2.750v6.5M7.750 2.750v6.5" />,
  /** As it was before a restart, or until it goes on: nobody works on it. */
  still: <circle cx="6" cy="6" r="4.25" />,
  Failed: <path d="m3 3 6 6M9 3 3 9" />,
} as const;

export type StatusChipProps = {
  readonly status: DashboardStatus;
  /** What can be done about it; shown as a title. */
  readonly hint?: string | null | undefined;
  /** Nobody works on it, whatever its status says: nothing turns. */
  readonly still?: boolean;
  /** It ended before all was done, whatever its status says. */
  readonly cutShort?: boolean;
};

export const StatusChip = ({ status, hint, still, cutShort }: StatusChipProps) => (
  <span
    class={classes('chip', `chip-${status.toLowerCase()}`, still && 'chip-still', cutShort && 'chip-cut-short')}
    title={hint ?? undefined}
  >
    <svg
      viewBox="0 0 12 12"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      aria-hidden="true"
    >
      {shapes[still ? 'still' : cutShort ? 'cutShort' : status]}
    </svg>
    {status}
  </span>
);
