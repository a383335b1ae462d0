import { equal, is, match, ok } from 'uvu/assert';
import { conflictWords } from '../../../../actors/model/work/conflict-words.ts';
import { draftMessage } from '../../../../actors/model/work/draft-message.ts';
import { checksTask, conflictTask } from '../../../../actors/model/work/return-task.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('the words of commits and landings');

test('a message is drafted of the name, the first prompt, what of the plan is done, and the files', () => {
  const message = draftMessage({
    name: 'Rate limits for the API',
    prompts: ['Limit requests to ten at once, and one a second after that.\n\nSay Retry-After.', 'Now the tests'],
    done: ['A bucket for each key'],
    files: ['src/limits.ts', 'src/server.ts'],
  });
  is(
    message,
    [
      'Rate limits for the API',
      '',
      'Limit requests to ten at once, and one a second after that.',
      '',
      'Say Retry-After.',
      '',
      'And 1 more prompt after that.',
      '',
      '- A bucket for each key',
      '',
      'Files: src/limits.ts, src/server.ts',
      '',
    ].join('\n'),
  );
});

test('its first line is the name, where that says more than the prompt’s first line', () => {
  const subject = (name: string, prompt: string): string =>
    draftMessage({ name, prompts: [prompt], done: [], files: [] }).split('\n', 1)[0] ?? '';
  is(subject('tests', 'Test the totals of the cart.\nAnd its empty state.'), 'Test the totals of the cart');
  is(subject('Tests of the cart', 'Go on with what we said.'), 'Tests of the cart');
  is(subject('tests', ' \n'), 'tests');
  const long = 'Limit requests to ten at once, and to one a second after that';
  is(subject(`${long.slice(0, 40)}…`, long), long, 'what was cut for a name is whole');
});

test('its lines are as long as git likes them, whatever was asked, and nothing of it is taken for a comment', () => {
  const long = 'word '.repeat(400);
  const message = draftMessage({
    name: `# ${long}`,
    prompts: [`# ${long}\n#!/bin/sh`],
    done: [long],
    files: ['a', 'b'],
  });
  const lines = message.split('\n');
  ok(
    lines.every((line) => line.length <= 72),
    message,
  );
  ok(
    lines.every((line) => !line.startsWith('#')),
    message,
  );
  match(lines[0] ?? '', /…$/);
  is(lines[1], '');
  ok(lines.length < 40);
});

test('without anything that was said it still has a first line', () => {
  is(draftMessage({ name: '', prompts: [], done: [], files: [] }), 'Changes\n');
  is(draftMessage({ name: ' ', prompts: [''], done: [], files: ['a.ts'] }), 'Change a.ts\n');
  is(draftMessage({ name: 'Fix it', prompts: ['Fix it.'], done: [], files: ['a.ts'] }), 'Fix it\n');
});

test('a conflict is said in a few words, with the lines of both sides where they are known', () => {
  const line = (from: number, to: number) => ({ from, to });
  equal(
    [
      conflictWords('contents', [{ ours: line(38, 44), theirs: line(38, 44) }]),
      conflictWords('contents', [{ ours: line(14, 18), theirs: line(12, 12) }]),
      conflictWords('contents', []),
      conflictWords('modify/delete', []),
      conflictWords('submodule may have rewinds', []),
      conflictWords('something/new', []),
    ],
    [
      'both change lines 38–44',
      'its line 12 against lines 14–18 there',
      'both change it',
      'one side changes it, the other deletes it',
      'both move the submodule',
      'something against new',
    ],
  );
});

test('what an agent is given to do names the branch, the files and what to do', () => {
  const conflict = {
    onto: 'main',
    way: 'squash',
    commit: 'a'.repeat(40),
    subject: 'Readme\nand more',
    files: [{ path: 'README.md', words: 'both change line 1' }],
  } as const;
  const task = conflictTask(conflict);
  match(task, /^Bring your work onto main as it is now \(aaaaaaa, “Readme and more”\)/);
  match(task, /One file conflicts:\n- README\.md: both change line 1\n/);
  match(task, 'run `git merge main` (or `git rebase main`) in your');
  match(conflictTask({ ...conflict, way: 'rebase' }), 'run `git rebase main` in your');
  const failed = [{ name: 'tests', tail: '1 failed\n' }];
  match(
    checksTask({ onto: 'main', commit: 'b'.repeat(40), hasMoved: true, failed }),
    /merge that into your branch first/,
  );
});

test.run();
