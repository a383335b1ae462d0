/** `completion`, `complete`: what a shell is told once, and what it asks at each Tab. */
import type { Command } from 'commander';
import { shortIds } from '../choose/short-id.ts';
import { type Completion, completionsFor } from '../completion/completions.ts';
import { type Shell, shellScript } from '../completion/shell-scripts.ts';
import { readDashboard } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { sanitiseLine } from '../text/sanitise.ts';

/** `completion SHELL`: prints what the shell's own start is to read. */
export const completion = async ({ terminal }: Invocation, shell: Shell): Promise<ExitCode> => {
  await terminal.write(shellScript(shell));
  return exitCodes.done;
};

/** `complete`: a line for each word that can stand in place of the last. It never fails: a Tab is no place for errors. */
export const complete = async (
  invocation: Invocation,
  program: Command,
  words: readonly string[],
  withAbout: boolean,
): Promise<ExitCode> => {
  const found = await completionsFor(program, words, knownNames(invocation)).catch(() => []);
  const line = ({ word, about }: Completion): string =>
    withAbout && about !== '' ? `${word}:${sanitiseLine(about)}\n` : `${word}\n`;
  await invocation.terminal.write(
    found
      .filter(({ word }) => isPlain(word))
      .map(line)
      .join(''),
  );
  return exitCodes.done;
};

/** A shell puts the word into the line as it is: what it would obey there, or part, is not offered. */
const isPlain = (word: string): boolean => /^[\w@%+=.,/~-]+$/u.test(word);

const knownNames = (invocation: Invocation) => {
  const rows = async () => (await readDashboard({ ...invocation, warn: () => {} })).rows;
  return {
    sessions: async () => {
      const all = await rows();
      const shortId = shortIds(all);
      return all.flatMap(({ id, name, status }) => [
        ...(isPlain(name) ? [{ word: name, about: status }] : []),
        { word: shortId(id), about: `${name} · ${status}` },
      ]);
    },
    agents: async () => {
      const { describeAgents } = await import('../../agents/find-agent.ts');
      const { readConfiguration } = await import('../../data/configuration.ts');
      const { directory } = invocation;
      const agents = describeAgents({ configuration: readConfiguration(directory), dataDirectory: directory });
      return agents.map(({ name, title }) => ({ word: name, about: title }));
    },
    repositories: async () =>
      [...new Set((await rows()).map(({ repository }) => repository))].map((word) => ({ word, about: '' })),
  };
};
