import type { ScriptBody } from './script-body.ts';

const notes = 'REHEARSAL.md';

// Words of five letters and a blank: chunks of six characters are then words.
const sixHundredWords = Array.from({ length: 600 }, (_, index) => {
  const words = [
    'water',
    'under',
    'stone',
    'river',
    'quiet',
    'light',
    'early',
    'birds',
    'cross',
    'above',
    'green',
    'field',
  ];
  return words[index % words.length];
}).join(' ');

/** What agents do all day. */
export const everydayScripts = {
  default: {
    turns: [
      {
        steps: [
          { do: 'think', text: 'The user asks: “{{prompt}}”. I will look around first, then leave a note about it.' },
          {
            do: 'plan',
            entries: [
              { content: 'Read the README', priority: 'high', status: 'in_progress' },
              { content: `Write ${notes}` },
              { content: 'Look at what has changed', priority: 'low' },
            ],
          },
          { do: 'say', text: 'I will read the README to see what this project is about.\n\n' },
          { do: 'read', path: 'README.md' },
          { do: 'wait', ms: 900 },
          { do: 'usage', tokens: 4200, cost: 0.01 },
          { do: 'say', text: `Now I would like to write ${notes}. Please have a look at the change.\n\n` },
          {
            do: 'edit',
            path: notes,
            text: '# A rehearsal\n\nThe first prompt was:\n\n> {{prompt}}\n',
            approval: true,
          },
          { do: 'wait', ms: 900 },
          {
            do: 'plan',
            entries: [
              { content: 'Read the README', priority: 'high', status: 'completed' },
              { content: `Write ${notes}`, status: 'completed' },
              { content: 'Look at what has changed', priority: 'low', status: 'in_progress' },
            ],
          },
          { do: 'run', command: 'git status --short' },
          { do: 'wait', ms: 700 },
          { do: 'usage', tokens: 6900, cost: 0.02 },
          {
            do: 'plan',
            entries: [
              { content: 'Read the README', priority: 'high', status: 'completed' },
              { content: `Write ${notes}`, status: 'completed' },
              { content: 'Look at what has changed', priority: 'low', status: 'completed' },
            ],
          },
          {
            do: 'say',
            text:
              'That is the whole rehearsal: I thought, made a plan, read a file, asked you before I wrote one, and ran a ' +
              'command. Everything happened in a worktree of its own, so your checkout is as it was.\n\n' +
              'Write again to go on, or put a line `script: demo-tests` into your prompt for another scene.',
          },
        ],
      },
      {
        steps: [
          { do: 'think', text: 'There is more to note: “{{prompt}}”.' },
          { do: 'edit', path: notes, append: '\nThen came:\n\n> {{prompt}}\n' },
          { do: 'wait', ms: 800 },
          { do: 'run', command: 'git status --short' },
          { do: 'usage', tokens: 8300, cost: 0.03 },
          { do: 'say', text: `I have added that to ${notes}.` },
        ],
      },
    ],
  },
  slow: { turns: [{ steps: [{ do: 'say', text: sixHundredWords, chunkCharacters: 6, everyMs: 100 }] }] },
  quick: { turns: [{ steps: [{ do: 'say', text: 'Done, that was quick.', chunkCharacters: 100, everyMs: 0 }] }] },
  approval: {
    turns: [
      {
        steps: [
          { do: 'say', text: 'I will ask twice: before an edit and before a command.\n', everyMs: 0 },
          { do: 'edit', path: 'approved.txt', text: 'You approved this.\n', approval: true },
          { do: 'run', command: 'echo You approved this too.', approval: true },
          {
            do: 'ask',
            title: 'Look something up',
            toolKind: 'fetch',
            details: 'A tool that was not announced before.',
          },
          { do: 'say', text: 'Those were all of my questions.', everyMs: 0 },
        ],
      },
    ],
  },
  refused: {
    turns: [
      {
        steps: [
          { do: 'say', text: 'I would rather not do that.' },
          { do: 'stop', reason: 'refusal' },
        ],
      },
    ],
  },
  terminal: {
    turns: [
      {
        steps: [
          { do: 'terminal', command: 'node', args: ['--version'] },
          { do: 'terminal', command: 'no-such-command' },
          { do: 'say', text: 'I have used your terminals.', everyMs: 0 },
        ],
      },
    ],
  },
  files: {
    turns: [
      {
        steps: [
          { do: 'fs_write', path: 'written-by-client.txt', text: 'The client wrote this.\n' },
          { do: 'fs_read', path: 'written-by-client.txt' },
          { do: 'fs_read', path: 'README.md' },
          { do: 'fs_read', path: '../outside.txt' },
          { do: 'fs_write', path: '../outside.txt', text: 'This should never be written.\n' },
          { do: 'say', text: 'I have asked for five files; two of them were none of my business.', everyMs: 0 },
        ],
      },
    ],
  },
  'load-only': {
    handshake: { resume: false },
    turns: [
      {
        steps: [
          { do: 'say', text: 'I can load what was said, ' },
          { do: 'edit', path: 'loaded.txt', append: 'another turn\n' },
          { do: 'say', text: 'but I cannot resume without telling all of it again.' },
        ],
      },
    ],
  },
  'no-memory': {
    handshake: { load: false, resume: false, list: false },
    turns: [{ steps: [{ do: 'say', text: 'When I end, I forget everything.' }] }],
  },
} as const satisfies Readonly<Record<string, ScriptBody>>;
