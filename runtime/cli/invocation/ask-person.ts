import { createInterface } from 'node:readline';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Terminal } from './terminal.ts';

/** Whether somebody can be asked: what is read comes from a person, who sees what is written. */
export const canAsk = ({ stdin, isTerminal }: Terminal): boolean => isTerminal && stdin.isTTY === true;

/**
 * Asks the person at the terminal one thing after the other, each by its words, and gives what was typed. Raises
 * `input.invalid` when the terminal's input ends before.
 */
export const askPerson = async (
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>,
  questions: readonly string[],
): Promise<readonly string[]> => {
  const [first] = questions;
  if (first === undefined) return [];
  const lines = createInterface({ input: stdin, output: stderr });
  const typed: string[] = [];
  try {
    lines.setPrompt(first);
    lines.prompt();
    for await (const line of lines) {
      typed.push(line);
      const next = questions[typed.length];
      if (next === undefined) return typed;
      lines.setPrompt(next);
      lines.prompt();
    }
  } finally {
    lines.close();
  }
  throw new ThroughlineError('input.invalid', 'nothing was answered', { hint: 'the input ended before' });
};
