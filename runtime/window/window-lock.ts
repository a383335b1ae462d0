/** One window for a data directory: a file that says which process shows it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { codeOf } from '../../actors/protocol/facts/error.ts';
import { type DataDirectory, readOwnFile } from '../data/data-directory.ts';
import { processStartedAt } from '../processes/process-start.ts';

const holder = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
/** The process that shows the window. */
export type WindowHolder = z.infer<typeof holder>;

export type WindowLock =
  | { readonly kind: 'taken'; readonly release: () => void }
  | { readonly kind: 'held'; readonly by: WindowHolder };

const lockPath = (directory: Pick<DataDirectory, 'root'>): string => join(directory.root, 'window.json');

/**
 * Takes the window for this process, or says who has it. A holder that has died has it no more, and one that is
 * `passedOver` neither: what it shows does not answer.
 */
export const takeWindow = (directory: Pick<DataDirectory, 'root'>, passedOver?: WindowHolder): WindowLock => {
  const path = lockPath(directory);
  const mine: WindowHolder = { pid: process.pid, startedAt: processStartedAt(process.pid) ?? 'unknown' };
  // It may have been passed over meanwhile, too.
  const release = (): void => {
    if (isSame(livingHolder(path), mine)) rmSync(path, { force: true });
  };
  for (;;) {
    try {
      writeFileSync(path, `${JSON.stringify(mine)}\n`, { flag: 'wx', mode: 0o600 });
      return { kind: 'taken', release };
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
    const by = livingHolder(path);
    if (by !== null && !isSame(by, passedOver ?? null)) return { kind: 'held', by };
    rmSync(path, { force: true });
  }
};

const isSame = (one: WindowHolder | null, other: WindowHolder | null): boolean =>
  one?.pid === other?.pid && one?.startedAt === other?.startedAt;

const livingHolder = (path: string): WindowHolder | null => {
  try {
    const found = holder.parse(JSON.parse(readOwnFile(path, { secret: false }) ?? 'null'));
    return processStartedAt(found.pid) === found.startedAt ? found : null;
  } catch {
    return null;
  }
};
