import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Terminal } from './terminal.ts';

/** Whether somebody can be asked: what is read comes from a person, who sees what is written. */
export const canAsk = ({ stdin, isTerminal }: Terminal): boolean => isTerminal && stdin.isTTY === true;

/**
 * Asks the person at the terminal one thing after the other, each by its words, and gives what was typed. What was typed
 * before the first was asked is thrown away. Raises `input.invalid` when the terminal's input ends before, or `signal`
 * takes the question back; with a signal Ctrl-C is for whoever shows something beside the question.
 */
export const askPerson = async (
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>,
  questions: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> => {
  const [first] = questions;
  if (first === undefined) return [];
  if (stdin.isTTY === true) await dropTyped({ stdin });
  const lines = createInterface({ input: stdin, output: stderr, ...(signal === undefined ? {} : { signal }) });
  if (signal !== undefined) {
    lines.on('SIGINT', () => {
      lines.close();
      process.kill(process.pid, 'SIGINT');
    });
  }
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

// As long as a terminal takes to hand over what was typed before.
const handoverMs = 50;

/** Throws away what was typed before now: it can be no answer to what was not shown yet. */
const dropTyped = async ({ stdin }: Pick<Terminal, 'stdin'>): Promise<void> => {
  stdin.resume();
  await delay(handoverMs);
  stdin.pause();
};
