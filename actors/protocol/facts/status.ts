/** The statuses of a run inside the program. A run ends in exactly one of the last three. */
export const runStatuses = [
  'queued',
  'starting',
  'running',
  'interrupting',
  'completed',
  'interrupted',
  'failed',
] as const;
export type RunStatus = (typeof runStatuses)[number];

export const terminalStatuses = ['completed', 'interrupted', 'failed'] as const;
export type TerminalStatus = (typeof terminalStatuses)[number];

/** What a running session is doing at the moment; null when it is not running. */
export type Activity = 'working' | 'awaiting_approval';

/** The five words of the dashboard. */
export const dashboardStatuses = ['Starting', 'Running', 'Completed', 'Interrupted', 'Failed'] as const;
export type DashboardStatus = (typeof dashboardStatuses)[number];

export const isTerminal = (status: string): status is TerminalStatus =>
  (terminalStatuses as readonly string[]).includes(status);

/**
 * Whether a run with this status is still under way.
 * @example
 * isInFlight('interrupting') // => true
 * isInFlight('failed') // => false
 */
export const isInFlight = (status: RunStatus): boolean => !isTerminal(status);

/**
 * The dashboard's word for a status. A word that is none of ours has no meaning, so it is parsed before.
 * @example
 * dashboardStatus('queued') // => 'Starting'
 * dashboardStatus('interrupting') // => 'Running'
 */
export const dashboardStatus = (status: RunStatus): DashboardStatus => {
  switch (status) {
    case 'queued':
    case 'starting':
      return 'Starting';
    case 'running':
    case 'interrupting':
      return 'Running';
    case 'completed':
      return 'Completed';
    case 'interrupted':
      return 'Interrupted';
    case 'failed':
      return 'Failed';
  }
};

export const maxFailureReasonCharacters = 140;

/**
 * A failure's one line: white space folded, at most 140 characters, the last an ellipsis if it was cut.
 * @example
 * failureReasonLine('exit code 1:\n  no space left') // => 'exit code 1: no space left'
 * failureReasonLine('x'.repeat(200)).length // => 140
 */
export const failureReasonLine = (text: string): string => {
  const folded = text.replace(/\s+/gu, ' ').trim();
  const characters = [...folded];
  if (characters.length <= maxFailureReasonCharacters) return folded;
  return `${characters
    .slice(0, maxFailureReasonCharacters - 1)
    .join('')
    .trimEnd()}…`;
};
