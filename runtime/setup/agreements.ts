/**
 * What a person has agreed to, and what not, for each repository: in a file of the data directory that is theirs alone.
 * What was agreed to is kept whole, so that it goes on being used when the repository comes with something else.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type DataDirectory, readOwnFile, writeOwnFile } from '../data/data-directory.ts';

/** A text that a setup is made of: of the repository, or the person's own. */
export const setupText = z.object({ file: z.string(), text: z.string() });
export type SetupText = Readonly<z.infer<typeof setupText>>;

const agreed = z.object({
  hash: z.string(),
  at: z.number().int(),
  /** Whether the wish for approvals was agreed to as well. */
  approvals: z.boolean(),
  texts: z.array(setupText),
});
export type Agreed = Readonly<z.infer<typeof agreed>>;

const agreements = z.object({
  repository: z.string(),
  /** The latest last. */
  agreed: z.array(agreed),
  /** Hashes of what was looked at and not agreed to: nobody is asked again. */
  declined: z.array(z.string()),
});
export type Agreements = Readonly<z.infer<typeof agreements>>;

/** So many of each are remembered for a repository: branches may come with different contents. */
const mostKept = 20;

/** What texts come to: another hash for any other byte, name or order of them. */
export const hashOf = (texts: readonly SetupText[]): string => {
  const hash = createHash('sha256');
  for (const { file, text } of texts) hash.update(`${file}\0${Buffer.byteLength(text)}\0`).update(text);
  return hash.digest('hex');
};

/** The person's own file for a repository, which stands above the repository's, and where agreements with it are kept. */
export const repositoryPaths = ({ root }: Pick<DataDirectory, 'root'>, commonDirectory: string) => {
  const folder = join(root, 'repositories');
  const name = createHash('sha256').update(commonDirectory).digest('hex').slice(0, 16);
  return { folder, own: join(folder, `${name}.json`), agreements: join(folder, `${name}.agreed.json`) };
};

/** Raises `data.insecure` when somebody else could have written it; what cannot be understood counts as nothing. */
export const readAgreements = (directory: DataDirectory, commonDirectory: string): Agreements => {
  const none = { repository: commonDirectory, agreed: [], declined: [] };
  const text = readOwnFile(repositoryPaths(directory, commonDirectory).agreements, { secret: false });
  if (text === null) return none;
  try {
    const kept = agreements.parse(JSON.parse(text));
    // Two repositories of one hash, or a file that was moved: an agreement is with one.
    return kept.repository === commonDirectory ? kept : none;
  } catch {
    return none;
  }
};

export const agreeTo = (
  directory: DataDirectory,
  commonDirectory: string,
  { hash, at, approvals, texts }: Agreed,
): void => {
  const before = readAgreements(directory, commonDirectory);
  write(directory, {
    repository: commonDirectory,
    agreed: [...before.agreed.filter((each) => each.hash !== hash), { hash, at, approvals, texts: [...texts] }].slice(
      -mostKept,
    ),
    declined: before.declined.filter((each) => each !== hash),
  });
};

/** Does not take an agreement with another content back. */
export const decline = (directory: DataDirectory, commonDirectory: string, hash: string): void => {
  const before = readAgreements(directory, commonDirectory);
  write(directory, {
    repository: commonDirectory,
    agreed: before.agreed.filter((each) => each.hash !== hash),
    declined: [...before.declined.filter((each) => each !== hash), hash].slice(-mostKept),
  });
};

/** Takes back whatever was agreed to or declined for the repository. */
export const forgetAgreements = (directory: DataDirectory, commonDirectory: string): void =>
  rmSync(repositoryPaths(directory, commonDirectory).agreements, { force: true });

const write = (directory: DataDirectory, kept: Agreements): void => {
  const paths = repositoryPaths(directory, kept.repository);
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  writeOwnFile(paths.agreements, `${JSON.stringify(kept)}\n`);
};
