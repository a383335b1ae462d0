import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal.ts';

/** Whether somebody can be asked: what is read comes from a person, who sees what is written. */
export const canAsk = ({ stdin, isTerminal }: Terminal): boolean => isTerminal && stdin.isTTY === true;

/** Asks on stderr, so that stdout stays the answer of the command; gives the line without white space around it. */
export const askPerson = async ({ stdin, stderr }: Terminal, question: string): Promise<string> => {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
};
