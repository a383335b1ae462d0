import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { type DataDirectory, dataDirectoryAt, readToken, resolveDataDirectory } from '../data/data-directory.ts';
import { livingOwner } from '../data/living-owner.ts';
import type { Endpoint } from './authorization.ts';
import { type Client, createClient } from './client.ts';

const healthTimeLimitMs = 2_000;

/** The runtime that serves this data directory and answers now, or null. What it follows goes on with the next one. */
export const findRuntime = async (directory: DataDirectory): Promise<Client | null> => {
  const endpoint = endpointOf(directory);
  if (endpoint === null) return null;
  const client = createClient(endpoint, async () => (await findRuntime(directory))?.endpoint ?? null);
  try {
    await client.health({}, { timeLimitMs: healthTimeLimitMs });
    return client;
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code === 'runtime.unreachable') return null;
    throw thrown;
  }
};

const endpointOf = (directory: DataDirectory): Endpoint | null => {
  const owner = livingOwner(directory);
  const token = owner === null ? null : readToken(directory);
  return owner === null || token === null ? null : { url: owner.url, token };
};

/**
 * The client of the runtime that serves a data directory; without one given, the folder that the command line takes
 * (THROUGHLINE_DATA, else the platform's data folder). What it follows goes on when another runtime takes over.
 * Raises `runtime.unreachable` when none runs, and `data.insecure` when somebody else could have written what is there.
 */
export const connect = async (given: { readonly dataDirectory?: string | undefined } = {}): Promise<Client> => {
  const directory = dataDirectoryAt(resolveDataDirectory(given.dataDirectory));
  const client = await findRuntime(directory);
  if (client !== null) return client;
  throw new ThroughlineError('runtime.unreachable', `no runtime serves ${directory.root}`, {
    hint: `start one: throughline serve --background --data '${directory.root}'`,
  });
};
