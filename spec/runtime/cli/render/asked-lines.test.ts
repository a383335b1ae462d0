import { equal, is, match, not } from 'uvu/assert';
import type { Invocation } from '../../../../runtime/cli/invocation/invocation.ts';
import { colourless } from '../../../../runtime/cli/invocation/terminal.ts';
import { answerLines } from '../../../../runtime/cli/render/answer-lines.ts';
import { type AskedFor, askedLines } from '../../../../runtime/cli/render/asked-lines.ts';
import { resolutionLine } from '../../../../runtime/cli/render/timeline-parts.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('what is asked, in a terminal');

const asked = (given: Partial<AskedFor>): readonly string[] =>
  askedLines({ title: 'Do it', toolCallId: 't', options: [], ...given }, colourless, '/w');

test('[law 18] a request that says nothing is marked as such, on its own', () => {
  const nothing = '? approval  the agent did not say what it wants to do';
  for (const title of ['', ' ', 't', 'the agent did not say what it wants to do']) {
    equal(asked({ title, input: {} }), [nothing]);
  }
  not.match(asked({ title: 't', input: { command: 'make' } }).join('\n'), 'did not say');
  not.match(asked({ title: 'Run make' }).join('\n'), 'did not say');
});

test('[law 18] a command is shown as one whatever the title says, and nothing in it passes for another field', () => {
  equal(asked({ title: 'Clean up', input: { command: 'rm -rf build\ntimeout: 5', description: 'Tidy', timeout: 9 } }), [
    '? approval  Clean up',
    '│ $ rm -rf build',
    '│   timeout: 5',
    '│ description: Tidy',
    '│ timeout: 9',
  ]);
});

test('[law 18] a patch in the input is shown as the edit it is, from the worktree, its escapes visible', () => {
  const diff = '--- /w/src/a.txt\n+++ /w/src/a.txt\n@@ -1 +1 @@\n-one\n+two \u001b[8mand three\n';
  equal(asked({ title: 'edit', input: { filepath: '/w/src/a.txt', diff } }), [
    '? approval  edit',
    '│ filepath: /w/src/a.txt',
    '--- src/a.txt',
    '+++ src/a.txt',
    '@@ -1 +1 @@',
    '-one',
    '+two \\u{1b}[8mand three',
  ]);
});

test('a plan is shown in its words, a place by its path, and who asks if it is an agent of the agent', () => {
  const text = { text: '# The plan\n1. Do this' };
  const locations = [{ path: '/w/a.txt', line: 3 }];
  equal(asked({ title: 'Ready to code?', text, locations, subagent: 'Explorer', toolName: 'exit_plan' }), [
    '? approval  Ready to code?  exit_plan',
    'asked by its agent Explorer',
    'in a.txt:3',
    '│ # The plan',
    '│ 1. Do this',
  ]);
});

test('[law 18] a question has its words and its answers, a form its fields', () => {
  const options = [
    { optionId: 'q0', name: 'SQLite', kind: 'allow_once' },
    { optionId: 'q1', name: 'Post\u001bgres', kind: 'allow_once' },
  ];
  equal(asked({ title: 'Which?', question: {}, options, text: { text: 'Which?\nThink.' }, input: { questions: [] } }), [
    '? question  Which?',
    '│ Which?',
    '│ Think.',
    '– SQLite',
    '– Post\\u{1b}gres',
  ]);
  const form = {
    properties: {
      db: { type: 'string', title: 'Database', enum: ['pg', 'sqlite'] },
      port: { type: 'integer', minimum: 1 },
    },
    required: ['db'],
  };
  equal(asked({ title: 'Which?', question: { form } }), [
    '? question  Which?',
    'db  one of these, needed',
    '│ Database',
    '– pg',
    '– sqlite',
    'port  whole number from 1, can be left out',
  ]);
});

test('[law 18] a page is shown whole, with the host whose it is, whatever its address begins with', () => {
  const lines = (url: string) => asked({ title: 'Log in', question: { url } });
  equal(lines('http://bank.example@evil.example:8080/x?y=\u001b[8m'), [
    '? question  Log in',
    'http://bank.example@evil.example:8080/x?y=%1B[8m',
    'the page is of evil.example:8080',
    '! what is typed there can be read on the way: its address has no https',
  ]);
  match(lines('https://b\u0430nk.example/').join('\n'), /the page is of xn--bnk-\w+\.example/);
  match(lines('javascript:alert(1)').join('\n'), '! not the address of a page: javascript:alert(1)');
});

const invocation: Pick<Invocation, 'suggest'> = {
  suggest: (...words) => ['throughline', ...words].join(' '),
};
const commands = (given: Pick<AskedFor, 'options' | 'question'>): readonly string[] =>
  answerLines(given, { session: 's', approval: 'a' }, invocation);
const option = (optionId: string, kind: string) => ({ optionId, name: `The ${optionId}`, kind });

test('[law 18] the commands that answer are exact, and say what would hold for always', () => {
  equal(commands({ options: [option('always', 'allow_always'), option('once', 'allow_once')] }), [
    'throughline approve s a',
    'throughline deny s a',
  ]);
  equal(commands({ options: [option('always', 'allow_always'), option('no', 'reject_once')] }), [
    'throughline approve s a --option always  (The always, for always)',
    'throughline deny s a',
  ]);
  equal(commands({ options: [option('yes', ''), option('no', '')] }), [
    'throughline approve s a --option yes  (The yes)',
    'throughline approve s a --option no  (The no)',
    'throughline deny s a',
  ]);
  equal(commands({ options: [] }), ['throughline deny s a']);
  equal(commands({ options: [option('red', 'allow_once')], question: {} }), [
    'throughline answer s a --option red  (The red)',
    'throughline answer s a --decline',
  ]);
  equal(commands({ options: [], question: { form: { properties: { db: { type: 'string' } }, required: ['db'] } } }), [
    'throughline answer s a --field db=VALUE',
    'throughline answer s a --decline',
  ]);
});

test('an answer says which it was, and how long it holds', () => {
  const line = (given: object) =>
    resolutionLine({ approvalId: 'a', outcome: 'allowed', by: 'person', ...given }, colourless, [
      option('q0', 'allow_once'),
      option('no', ''),
    ]);
  is(line({ by: 'policy', optionId: 'x', always: true }), '✓ allowed for always by the policy');
  is(line({ outcome: 'answered', optionId: 'q0' }), '✓ answered The q0 by you');
  is(line({ outcome: 'answered', answers: { db: 'pg', port: 1 } }), '✓ answered db: pg port: 1 by you');
  is(line({ outcome: 'denied', optionId: 'q0' }), '■ denied by you');
  is(line({ optionId: 'no' }), '✓ allowed The no by you');
});

test.run();
