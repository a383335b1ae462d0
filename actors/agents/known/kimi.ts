import { isNamed, type KnownAgent } from './known-agent.ts';

/** Kimi Code: tried with 2.1.0. */
export const kimi: KnownAgent = {
  name: 'kimi',
  recognises: isNamed('kimi', 'kimi-code'),
  // It asks for commands, but edits the files of a git folder unasked in every mode that edits, whatever its rules say.
  asksIn: 'never',
  triesUnnamedAgain: true,
  questions: { answerIds: /^q\d+_(?:opt_\d+|skip)$/u },
  // Whatever its model refuses, it ends the turn without a word, or with that it could not make its conversation shorter.
  // A stream that breaks after a word shows nothing at all.
  failureIn: ({ spoke, toolUpdates, lastPiece }) => {
    if (lastPiece.endsWith('Compaction cancelled.')) {
      return { message: 'the conversation no longer fits, and kimi could not make it shorter', kind: 'context' };
    }
    if (spoke || toolUpdates > 0) return null;
    return { message: 'kimi ended the turn without a word: its model failed, and it does not say why', kind: null };
  },
};
