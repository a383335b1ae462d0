import { gitFailure } from '../command/run-git.ts';
import { spawnGit } from '../command/spawn-git.ts';
import { inRepository, type Repository } from '../repository.ts';

/**
 * The person's and the machine's own git configuration as it counts for a repository (`includeIf` decided by where that
 * is), and nothing of the repository's: as variables by which a git elsewhere is given it.
 *
 * Raises `git.failed` when it cannot be read.
 */
export const personConfiguration = async (repository: Repository): Promise<Readonly<Record<string, string>>> => {
  const call = { ...inRepository(repository), arguments: ['config', '--null', '--show-scope', '--list'] };
  const listed = await spawnGit(call);
  if (listed.exitCode !== 0) throw gitFailure(call, listed);
  const words = listed.stdout.split('\0');
  const entries: (readonly [key: string, value: string])[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [scope, entry = ''] = [words[at], words[at + 1]];
    if (scope !== 'global' && scope !== 'system') continue;
    const end = entry.indexOf('\n');
    // A key without a value is a switch that is on.
    const [key, value] = end === -1 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
    // What is included is listed itself.
    if (!/^include(?:if)?\./i.test(key)) entries.push([key, value]);
  }
  return {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
};
