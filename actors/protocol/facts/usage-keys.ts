/** What sums of what was used can be told apart by. */
export const usageKeys = ['day', 'repository', 'agent', 'model', 'session', 'run'] as const;
export type UsageKey = (typeof usageKeys)[number];
