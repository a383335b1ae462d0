/** What an agent asks of files, as the protocol has it, carried out in its worktree. */
import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { storedText } from '../../model/run/stored-text.ts';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import type { Diff } from '../../protocol/facts/events.ts';
import { parseParameters } from './wire/parse-as.ts';
import { readTextFile, writeTextFile } from './worktree-files.ts';

const read = z.looseObject({
  path: z.string(),
  line: z.number().int().min(1).nullish(),
  limit: z.number().int().min(0).nullish(),
});
const write = z.looseObject({ path: z.string(), content: z.string() });

export type FileRequestOptions = {
  /** The worktree, beyond which every request is refused. */
  readonly folder: string;
  /** How much of a file's text before and after a write is kept, in bytes. */
  readonly maxStoredTextBytes: number;
  readonly note: (name: string, details: Record<string, unknown>) => void;
  /** A file is to be written, by its absolute path; what it gives is called when the file is different then. */
  readonly writing: (path: string) => (diff: Diff) => void;
  /** Whether the agent is one that takes no error for "there is no such file" (see `KnownAgent`). */
  readonly readsMissingAsEmpty: () => boolean;
};

/** Reads and writes files for an agent. Raises `input.invalid`, and what `worktree-files.ts` raises. */
export const createFileRequests = (options: FileRequestOptions) => {
  const { folder, maxStoredTextBytes, note } = options;
  /** The file that was told to be missing last: an agent that is to make one may look for it several times. */
  let missing: string | null = null;

  return {
    read: async (params: unknown): Promise<{ readonly content: string }> => {
      const { path, line, limit } = parseParameters(read, params, 'fs/read_text_file');
      try {
        const content = await readTextFile(folder, { path, line: line ?? null, limit: limit ?? null });
        note('file_read', { path, characters: content.length });
        return { content };
      } catch (thrown) {
        if (!isMissing(thrown)) throw thrown;
        if (missing !== path) note('file_missing', { path });
        missing = path;
        if (options.readsMissingAsEmpty()) return { content: '' };
        throw thrown;
      }
    },

    write: async (params: unknown): Promise<null> => {
      const { path, content } = parseParameters(write, params, 'fs/write_text_file');
      const whole = isAbsolute(path) ? path : join(folder, path);
      const wrote = options.writing(whole);
      const { before, isChange } = await writeTextFile(folder, { path, content, maxStoredBytes: maxStoredTextBytes });
      missing = null;
      note('file_written', { path, characters: content.length });
      if (isChange) wrote({ path: whole, oldText: before, newText: storedText(content, maxStoredTextBytes) });
      return null;
    },
  };
};

export const isMissing = (thrown: unknown): thrown is ThroughlineError =>
  thrown instanceof ThroughlineError && thrown.code === 'agent.file_missing';
