import { isAbsolute, relative, sep } from 'node:path';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { askPerson, canAsk } from '../invocation/ask-person.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { previewLines, restoredWords, targetWords } from '../render/restore-lines.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrapped } from '../text/wrapped.ts';

export type UndoOptions = {
  readonly run?: number;
  readonly to?: number;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
};

/** `undo`: puts a session's files back to what they were, before its last run if nothing else is said. */
export const undo = async (
  invocation: Invocation,
  given: string,
  files: readonly string[],
  options: UndoOptions,
): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  if (options.run !== undefined && options.to !== undefined) {
    throw new ThroughlineError('input.invalid', 'give either --run or --to', {
      hint: '--run N is the state before that run, --to S3 any snapshot',
    });
  }
  const { id, shortId, row } = await resolveSession(invocation, given);
  const run = options.to === undefined ? (options.run ?? row.runCount) : null;
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const request = {
    to: options.to ?? `before-run:${run}`,
    paths: files.length === 0 ? null : files.map((file) => pathInTree(file, row.worktree.path)),
    kind: 'undo' as const,
    all: options.all === true,
  };
  const preview = await client.call('previewRestore', { parameters: { id }, body: request });
  const { colours } = terminal;
  if (json && options.dryRun) {
    await terminal.writeJson({ ok: true, id, dryRun: true, ...preview });
    return exitCodes.done;
  }
  if (!json) {
    const { snapshots } = await client.call('work', { parameters: { id } });
    const target = snapshots.find(({ snapshot }) => snapshot === preview.to) ?? null;
    const words = targetWords({ preview, run, target });
    const isNothing = preview.files.length === 0;
    const what = files.length === 0 ? 'the worktree' : counted(files.length, 'path');
    await terminal.writeLine(
      isNothing ? `Nothing to put back: it is as in ${words}.` : `Puts ${what} back to ${words}:`,
    );
    for (const line of previewLines({ preview, run, target, columns: terminal.columns, colours })) {
      await terminal.writeLine(line);
    }
    if (isNothing || options.dryRun) {
      if (!isNothing) await terminal.writeLine('Nothing was changed.');
      return exitCodes.done;
    }
    await terminal.write(`What is there now is kept as S${preview.kept}.${options.yes ? '\n' : ' '}`);
  }
  if (!options.yes && !(await agrees(invocation))) {
    await terminal.writeLine('Nothing was changed.');
    return exitCodes.refused;
  }
  const restored = await client.call('restore', { parameters: { id }, body: request });
  if (json) {
    await terminal.writeJson({ ok: true, id, ...restored });
    return exitCodes.done;
  }
  const done = restored.files === 0 ? ' ' : colours.green('✓');
  const said = wrapped(`${done} ${restoredWords(restored, run, preview.to)}`, terminal.columns, '  ', '');
  for (const line of said) await terminal.writeLine(line);
  if (restored.files === 0) return exitCodes.done;
  const back = ['undo', shortId, '--to', `S${restored.kept}`];
  const [first] = preview.files;
  await terminal.writeLine(colours.dim(`  Undo this undo:  ${suggest(...back)}`));
  if (first !== undefined && preview.files.length > 1) {
    await terminal.writeLine(colours.dim(`  One file only:   ${suggest(...back, '--', sanitiseLine(first.path))}`));
  }
  return exitCodes.done;
};

const agrees = async (invocation: Invocation): Promise<boolean> => {
  const { terminal, json } = invocation;
  if (json || !canAsk(terminal)) {
    if (!json) await terminal.writeLine('');
    throw new ThroughlineError('input.invalid', 'nobody can be asked whether to go on', {
      hint: 'say --yes, or --dry-run to see what would be done',
    });
  }
  const [answer = ''] = await askPerson(terminal, ['Go on? [y/N] ']);
  return /^y(es)?$/i.test(answer.trim());
};

/** A path as a person gives it: below the top of the worktree, or the whole of it. */
const pathInTree = (given: string, top: string | null): string => {
  const path = isAbsolute(given) && top !== null ? relative(top, given) : given;
  const plain = path
    .split(sep)
    .join('/')
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/+$/, '');
  if (plain !== '' && plain !== '.' && !plain.split('/').includes('..') && !isAbsolute(plain)) return plain;
  throw new ThroughlineError('input.invalid', `${sanitiseLine(given)} is not in the worktree`, {
    hint: 'give paths from the top of the worktree; without any, all of it is put back',
  });
};
