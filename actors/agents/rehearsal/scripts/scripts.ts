/** The scripts that ship with the rehearsal agent, by name, with a line on each. Only words: cheap to import anywhere. */
export const rehearsalScripts = {
  default: 'thinks, plans, reads, asks before it creates a file, runs a command and sums up',
  'demo-tests': 'writes a test for src/greet.js, after an approval, and runs it',
  'demo-readme': 'adds a usage section to README.md, and solves a conflict with main in it',
  'demo-refactor': 'moves the greetings of src/greet.js into a table of languages, and answers a comment by a change',
  slow: 'says 600 words, one every 100 ms',
  quick: 'says one sentence and ends',
  approval: 'asks before an edit and before a command',
  refused: 'refuses the prompt',
  crash: 'dies in the middle of a sentence, with an error on stderr',
  hang: 'stops in the middle of a turn until it is cancelled',
  stubborn: 'hangs, and ignores cancel and SIGTERM',
  flood: 'sends 50,000 updates as fast as they are read',
  garbage: 'writes broken lines, invalid UTF-8 and unknown updates between good ones',
  orphan: 'leaves two processes behind and ends the turn',
  'load-only': 'can load a conversation but not resume it',
  'no-memory': 'can neither load nor resume a conversation',
  terminal: 'runs commands in terminals of the client',
  files: 'reads and writes files through the client, inside and outside of the worktree',
} as const;

export type RehearsalScriptName = keyof typeof rehearsalScripts;
