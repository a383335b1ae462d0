import { basename, dirname, resolve } from 'node:path';
import { shortIds } from '../choose/short-id.ts';
import { readDashboard } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { blameChain, blameTable } from '../render/blame-lines.ts';

/** `blame`: whose lines a file has, or why one of them is as it is. */
export const blame = async (invocation: Invocation, given: string): Promise<ExitCode> => {
  const { terminal, json, directory, workingDirectory, suggest } = invocation;
  const [, name = given, line] = /^(.+):(\d{1,8})$/.exec(given) ?? [];
  const file = resolve(workingDirectory, line === undefined ? given : name);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const place = { repository: dirname(file), path: basename(file) };
  const query = line === undefined ? place : { ...place, line: Number(line) };
  const answer = await client.call('blame', { query });
  if (json) {
    await terminal.writeJson(answer);
    return exitCodes.done;
  }
  const { rows } = await readDashboard(invocation);
  const look = {
    colours: terminal.colours,
    columns: terminal.columns,
    suggest,
    shortOf: shortIds(rows),
  };
  await terminal.write(answer.text === null ? blameTable(answer, look) : blameChain(answer, look));
  return exitCodes.done;
};
