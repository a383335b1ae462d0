/** `usage`: tokens and money that agents used. */
import type { UsageKey } from '../../../actors/protocol/facts/usage-keys.ts';
import { withQueries } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { usageCsv, usageTable } from '../render/usage-table.ts';

export type UsageOptions = {
  readonly by?: readonly UsageKey[];
  /** Milliseconds UTC. */
  readonly since?: number;
  readonly csv?: boolean;
};

const contract: readonly UsageKey[] = ['day', 'repository', 'agent', 'model'];

/** Reads straight from the database, whether a runtime runs or not. */
export const usage = async (invocation: Invocation, options: UsageOptions): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  // Programs get the rows of the contract; a person a day a line.
  const by = options.by ?? (json || options.csv === true ? contract : (['day', 'agent'] as const));
  const asked = await withQueries(invocation, (queries) => queries.usage({ by, since: options.since ?? 0 }));
  if (json) await terminal.writeJson(asked);
  else await terminal.write(options.csv === true ? usageCsv(asked.rows) : usageTable(asked, by));
  return exitCodes.done;
};
