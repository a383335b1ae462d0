/**
 * What windows remember from one runtime to the next: how things look, what was seen, what was begun to be written. It
 * is a comfort and no history, so it has a file of its own and no place in the log.
 */
import { join } from 'node:path';
import {
  type Remembered,
  type RememberedName,
  remembered,
  rememberedName,
} from '../../actors/protocol/gateway/window.ts';
import { type DataDirectory, readOwnFile, writeOwnFile } from './data-directory.ts';
import type { Log } from './log.ts';

export type WindowMemory = {
  readonly recall: () => Remembered;
  /** Keeps any JSON in place of what was kept under that name; null forgets it. */
  readonly remember: (name: RememberedName, value: unknown) => void;
  /** The same for all that a JSON object has; what is none, or has a name that nothing has, is left out. */
  readonly rememberAll: (json: string) => void;
};

/** Of drafts there can be one for each session. The oldest goes for the newest. */
const maxKept = 500;

/**
 * The memory in a data directory. What cannot be read, or was written by another version, is forgotten; what cannot be
 * written is remembered for as long as this runtime lives. Nothing is raised.
 */
export const openWindowMemory = ({ root }: Pick<DataDirectory, 'root'>, log: Log): WindowMemory => {
  const path = join(root, 'remembered.json');
  let known: ReadonlyMap<RememberedName, unknown> | null = null;
  const kept = (): ReadonlyMap<RememberedName, unknown> => {
    known ??= new Map(read(path));
    return known;
  };

  const keep = (entries: readonly Entry[]): void => {
    const before = kept();
    const isForgotten = (value: unknown): boolean => value === null || value === undefined;
    if (entries.every(([name, value]) => isForgotten(value) && !before.has(name))) return;
    const next = new Map(before);
    for (const [name, value] of entries) {
      next.delete(name);
      if (!isForgotten(value)) next.set(name, value);
    }
    known = new Map([...next].slice(-maxKept));
    try {
      writeOwnFile(path, JSON.stringify(Object.fromEntries(known)));
    } catch (error) {
      log.warn('what windows remember could not be written', { error });
    }
  };

  return {
    recall: () => Object.fromEntries(kept()),
    remember: (name, value) => keep([[name, value]]),
    rememberAll: (json) => keep(entriesOf(json)),
  };
};

type Entry = readonly [RememberedName, unknown];

const read = (path: string): readonly Entry[] => {
  try {
    return entriesOf(readOwnFile(path, { secret: false }) ?? '{}');
  } catch {
    return [];
  }
};

const entriesOf = (json: string): readonly Entry[] => {
  try {
    return Object.entries(remembered.parse(JSON.parse(json))).flatMap(([name, value]) => {
      const parsed = rememberedName.safeParse(name);
      return parsed.success ? [[parsed.data, value] as const] : [];
    });
  } catch {
    return [];
  }
};
