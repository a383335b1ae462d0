/** Which commit hooks a person has agreed to, by their content: in a file of the data directory that is theirs alone. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type DataDirectory, readOwnFile, writeOwnFile } from '../../data/data-directory.ts';

const kept = z.object({ repository: z.string(), hooks: z.array(z.string()) });
const mostKept = 50;

const fileOf = (directory: Pick<DataDirectory, 'root'>, repository: string) => {
  const folder = join(directory.root, 'repositories');
  const name = createHash('sha256').update(repository).digest('hex').slice(0, 16);
  return { folder, file: join(folder, `${name}.hooks.json`) };
};

const agreedHooks = (directory: Pick<DataDirectory, 'root'>, repository: string): readonly string[] => {
  const text = readOwnFile(fileOf(directory, repository).file, { secret: false });
  if (text === null) return [];
  try {
    const found = kept.parse(JSON.parse(text));
    return found.repository === repository ? found.hooks : [];
  } catch {
    return [];
  }
};

/** Whether hooks of this hash were agreed to. Raises `data.insecure` when somebody else could have written that. */
export const hooksAreAgreed = (directory: Pick<DataDirectory, 'root'>, repository: string, hash: string): boolean =>
  agreedHooks(directory, repository).includes(hash);

export const agreeToHooks = (directory: Pick<DataDirectory, 'root'>, repository: string, hash: string): void => {
  const hooks = [...agreedHooks(directory, repository).filter((each) => each !== hash), hash].slice(-mostKept);
  const { folder, file } = fileOf(directory, repository);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeOwnFile(file, `${JSON.stringify({ repository, hooks })}\n`);
};
