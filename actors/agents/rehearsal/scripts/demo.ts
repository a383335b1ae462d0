import type { ScriptBody } from './script-body.ts';

const testFile = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as greetings from '../src/greet.js';

const greet = greetings.greet ?? greetings.default;

test('greets somebody by name', () => {
  assert.match(greet('Ada'), /Ada/);
});

test('says more than the name', () => {
  assert.notEqual(greet('Ada').trim(), 'Ada');
});
`;

const usageSection = `
## Usage

\`\`\`js
import { greet } from './src/greet.js';

console.log(greet('Ada'));
\`\`\`
`;

const refactoredGreet = `const greetings = {
  en: (name) => \`Hello, \${name}!\`,
  fr: (name) => \`Bonjour, \${name} !\`,
  el: (name) => \`Γειά σου, \${name}!\`,
};

export const languages = Object.keys(greetings);

/** A greeting in one of the \`languages\`; English when there is no other wish. */
export const greet = (name, language = 'en') => {
  const greeting = greetings[language];
  if (greeting === undefined) throw new RangeError(\`no greeting in \${language}\`);
  return greeting(name);
};
`;

const frozenGreet = refactoredGreet.replace('Object.keys(greetings)', 'Object.freeze(Object.keys(greetings))');

const languagesSentence = 'It speaks English, French and Greek: `languages` names them';

const mergedReadme = `# greetings

Says hello, politely.
${usageSection}
${languagesSentence}; a pull request in yours is welcome.
`;

/** Three sessions that are pleasant to watch side by side, each about ten seconds long, and what brings them to one branch. */
export const demoScripts = {
  'demo-tests': {
    turns: [
      {
        steps: [
          {
            do: 'think',
            text: 'There is a greet function and no test for it. First I want to see what it does.',
            everyMs: 80,
          },
          {
            do: 'plan',
            entries: [
              { content: 'Read src/greet.js', status: 'in_progress', priority: 'high' },
              { content: 'Write test/greet.test.mjs', priority: 'high' },
              { content: 'Run the tests' },
            ],
          },
          { do: 'say', text: 'I will start with the code that is to be tested.\n\n', everyMs: 80 },
          { do: 'read', path: 'src/greet.js' },
          { do: 'wait', ms: 2300 },
          { do: 'usage', tokens: 5100, cost: 0.02 },
          {
            do: 'say',
            text: 'Short and clear. Two tests will do: that the name is in the greeting, and that it is not all of it.\n\n',
            everyMs: 110,
          },
          { do: 'edit', path: 'test/greet.test.mjs', text: testFile, approval: true },
          {
            do: 'plan',
            entries: [
              { content: 'Read src/greet.js', status: 'completed', priority: 'high' },
              { content: 'Write test/greet.test.mjs', status: 'completed', priority: 'high' },
              { content: 'Run the tests', status: 'in_progress' },
            ],
          },
          { do: 'wait', ms: 2000 },
          { do: 'say', text: 'Now I run them.\n\n', everyMs: 80 },
          { do: 'run', command: 'node --test test/greet.test.mjs' },
          { do: 'wait', ms: 2000 },
          { do: 'usage', tokens: 8800, cost: 0.04 },
          {
            do: 'plan',
            entries: [
              { content: 'Read src/greet.js', status: 'completed', priority: 'high' },
              { content: 'Write test/greet.test.mjs', status: 'completed', priority: 'high' },
              { content: 'Run the tests', status: 'completed' },
            ],
          },
          { do: 'say', text: 'The tests are in `test/greet.test.mjs`; their result is above.', everyMs: 80 },
        ],
      },
      {
        steps: [
          { do: 'think', text: 'I go on where I was: the tests must be there, and they must have run.', everyMs: 80 },
          { do: 'edit', path: 'test/greet.test.mjs', text: testFile },
          { do: 'wait', ms: 900 },
          { do: 'run', command: 'node --test test/greet.test.mjs' },
          { do: 'wait', ms: 700 },
          { do: 'usage', tokens: 11_200, cost: 0.05 },
          {
            do: 'say',
            text: 'Back at work and done: `test/greet.test.mjs` is there and has run once more.',
            everyMs: 80,
          },
        ],
      },
    ],
  },
  'demo-readme': {
    turns: [
      {
        steps: [
          {
            do: 'think',
            text: 'A README should show in three lines how the thing is used. Does this one?',
            everyMs: 90,
          },
          {
            do: 'plan',
            entries: [
              { content: 'Read README.md', status: 'in_progress' },
              { content: 'Add a usage section', priority: 'high' },
            ],
          },
          { do: 'read', path: 'README.md' },
          { do: 'wait', ms: 2000 },
          { do: 'read', path: 'src/greet.js' },
          { do: 'wait', ms: 1700 },
          { do: 'usage', tokens: 4700, cost: 0.02 },
          {
            do: 'say',
            text: 'The README says what the project is, but not how to use it. I add a section with an example that can be copied.\n\n',
            everyMs: 120,
          },
          { do: 'edit', path: 'README.md', append: usageSection },
          {
            do: 'plan',
            entries: [
              { content: 'Read README.md', status: 'completed' },
              { content: 'Add a usage section', priority: 'high', status: 'completed' },
            ],
          },
          { do: 'wait', ms: 2000 },
          { do: 'run', command: 'git diff --stat' },
          { do: 'wait', ms: 1500 },
          { do: 'usage', tokens: 7300, cost: 0.03 },
          { do: 'say', text: 'The README now has a **Usage** section. Nothing else was touched.', everyMs: 90 },
        ],
      },
      {
        steps: [
          { do: 'think', text: 'I go on where I was. What has changed so far?', everyMs: 80 },
          { do: 'run', command: 'git diff --stat' },
          { do: 'wait', ms: 900 },
          {
            do: 'edit',
            path: 'README.md',
            append: '\nThe greeting is in English; a pull request in your language is welcome.\n',
          },
          { do: 'wait', ms: 700 },
          { do: 'usage', tokens: 9100, cost: 0.04 },
          { do: 'say', text: 'Back at work and done: the README has its last sentence, too.', everyMs: 80 },
        ],
      },
      {
        when: 'could not land',
        steps: [
          { do: 'think', text: 'Somebody else wrote below the same line. Both belong there.', everyMs: 80 },
          { do: 'run', command: 'git commit --quiet --all --message "Show how greet is used"' },
          { do: 'run', command: 'git merge main || git status --short' },
          { do: 'wait', ms: 500 },
          { do: 'edit', path: 'README.md', text: mergedReadme },
          { do: 'run', command: 'git commit --quiet --all --no-edit' },
          { do: 'say', text: 'Merged: the usage stays, and our two sentences on languages are one.', everyMs: 80 },
        ],
      },
    ],
  },
  'demo-refactor': {
    turns: [
      {
        steps: [
          { do: 'think', text: 'One greeting is a string, many are a table. What is there already?', everyMs: 90 },
          {
            do: 'plan',
            entries: [
              { content: 'Read src/greet.js', status: 'in_progress' },
              { content: 'Move the greetings into a table', priority: 'high' },
              { content: 'Try it' },
            ],
          },
          { do: 'read', path: 'src/greet.js' },
          { do: 'wait', ms: 2400 },
          { do: 'usage', tokens: 5600, cost: 0.02 },
          {
            do: 'say',
            text: 'I put the greetings into a table by language. Who calls `greet(name)` sees no difference; a second argument picks the language.\n\n',
            everyMs: 120,
          },
          { do: 'edit', path: 'src/greet.js', text: refactoredGreet },
          {
            do: 'plan',
            entries: [
              { content: 'Read src/greet.js', status: 'completed' },
              { content: 'Move the greetings into a table', priority: 'high', status: 'completed' },
              { content: 'Try it', status: 'in_progress' },
            ],
          },
          { do: 'wait', ms: 2100 },
          { do: 'say', text: 'I would like to try it.\n\n', everyMs: 80 },
          {
            do: 'run',
            command: `node --input-type=module -e "import { greet, languages } from './src/greet.js'; for (const language of languages) console.log(greet('Ada', language))"`,
            approval: true,
          },
          { do: 'wait', ms: 1900 },
          { do: 'usage', tokens: 9400, cost: 0.05 },
          {
            do: 'plan',
            entries: [
              { content: 'Read src/greet.js', status: 'completed' },
              { content: 'Move the greetings into a table', priority: 'high', status: 'completed' },
              { content: 'Try it', status: 'completed' },
            ],
          },
          { do: 'say', text: '`greet` speaks three languages now, and a fourth is one line.', everyMs: 80 },
        ],
      },
      {
        steps: [
          {
            do: 'think',
            text: 'I go on where I was: the table must be in place, and nothing else changed.',
            everyMs: 80,
          },
          { do: 'edit', path: 'src/greet.js', text: refactoredGreet },
          { do: 'wait', ms: 900 },
          { do: 'run', command: 'git diff --stat' },
          { do: 'wait', ms: 700 },
          { do: 'usage', tokens: 12_000, cost: 0.06 },
          { do: 'say', text: 'Back at work and done: the greetings are in their table.', everyMs: 80 },
        ],
      },
      {
        when: 'on your changes',
        steps: [
          { do: 'think', text: 'True: whoever imports the list could change it.', everyMs: 80 },
          { do: 'edit', path: 'src/greet.js', text: frozenGreet },
          { do: 'wait', ms: 500 },
          { do: 'edit', path: 'README.md', append: `\n${languagesSentence}.\n` },
          { do: 'wait', ms: 500 },
          { do: 'say', text: 'Frozen, and the README names the languages.', everyMs: 80 },
        ],
      },
    ],
  },
} as const satisfies Readonly<Record<string, ScriptBody>>;
