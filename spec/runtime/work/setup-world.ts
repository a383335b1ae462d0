/** A repository that says what it needs, and a person who agrees to it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RanCommand } from '../../../actors/protocol/gateway/work.ts';
import { until } from '../../support/until.ts';
import type { OpenRuntime, World } from '../../support/world.ts';
import { git } from '../../support/world.ts';

/** Commits files of these texts, by their paths. */
export const commitFiles = (repository: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  git(repository, 'add', '--all', '--', ...Object.keys(files));
  git(repository, 'commit', '--quiet', '--message', 'What the repository needs');
};

export const commitSetup = (repository: string, setup: object): void =>
  commitFiles(repository, { '.throughline/config.json': `${JSON.stringify(setup, null, 2)}\n` });

/** Agrees to what stands at a folder, or does not. */
export const agree = async (runtime: OpenRuntime, path: string, agreed = true): Promise<void> => {
  const { hash } = await runtime.repositorySetup(path);
  await runtime.agreeToSetup({ path, hash, agreed, approvals: false });
};

/** A world whose repository says this, and a runtime in it whose person has agreed to it. */
export const agreedWorld = async (world: World, setup: object): Promise<OpenRuntime> => {
  commitSetup(world.repository, setup);
  const runtime = await world.open();
  await agree(runtime, world.repository);
  return runtime;
};

export const commandsOf = async (runtime: OpenRuntime, id: string): Promise<readonly RanCommand[]> =>
  (await runtime.work(id as Parameters<OpenRuntime['work']>[0])).commands;

/** Waits until so many commands of a session have ended, and gives all that there are. */
export const commandsEnded = (runtime: OpenRuntime, id: string, count = 1): Promise<readonly RanCommand[]> =>
  until(`${count} commands have ended`, async () => {
    const commands = await commandsOf(runtime, id);
    return commands.filter(({ outcome }) => outcome !== null).length >= count && commands;
  });
