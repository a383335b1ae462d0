import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { canAsk } from './ask-person.ts';
import type { Invocation } from './invocation.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

/**
 * A text as the person leaves it in their editor (`$VISUAL`, `$EDITOR`, vi), in a file of this name that nobody else can
 * read. Raises `input.invalid` without a terminal, for which `otherwise` says what to do, and when the editor failed.
 */
export const editText = async (
  { terminal, environment }: Pick<Invocation, 'terminal' | 'environment'>,
  { name, text, otherwise }: { readonly name: string; readonly text: string; readonly otherwise: string },
): Promise<string> => {
  if (!canAsk(terminal)) throw new ThroughlineError('input.invalid', 'an editor needs a terminal', { hint: otherwise });
  const editor = environment.VISUAL || environment.EDITOR || 'vi';
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, name);
    await writeFile(file, text, { mode: 0o600 });
    // As git does: it is a command of the person's shell, and the file is its last word.
    const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'editor', file], { stdio: 'inherit' });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (exitCode !== 0)
      throw new ThroughlineError('input.invalid', 'the editor failed', { hint: 'nothing was changed' });
    return readFile(file, 'utf8');
  });
};
