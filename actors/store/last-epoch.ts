import * as z from 'zod';
import type { Database } from './file/sqlite.ts';

const epochRow = z.object({ clean: z.number() }).optional();

/** The last life of the runtime, and whether it ended of its own will; undefined when there was none. */
export const readLastEpoch = (database: Database): { readonly clean: boolean } | undefined => {
  const last = epochRow.parse(database.prepare('SELECT clean FROM epochs ORDER BY epoch_key DESC LIMIT 1').get());
  return last && { clean: last.clean === 1 };
};
