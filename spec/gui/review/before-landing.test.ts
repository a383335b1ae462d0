import * as assert from 'uvu/assert';
import { type KnownBefore, standsBefore } from '../../../gui/review/model/before-landing.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what a review says of the way to landing');

const known: KnownBefore = {
  landing: {
    onto: 'main',
    foreseen: {
      base: [{ path: 'README.md', words: null }],
      sessions: [
        { name: 'Retry', files: [{ path: 'README.md', words: null }] },
        { name: 'Tests', files: [] },
      ],
    },
  },
  checks: ['tests'],
  touches: [],
  commandIds: new Map(),
};

test('conflicts that are foreseen are told, with the branch and with whom else, and files nobody meant to change', () => {
  assert.equal(standsBefore({ checks: { tests: 'passed' }, openComments: 2 }, known, 1), [
    { kind: 'passed', check: 'tests' },
    { kind: 'conflict', with: 'main', first: false, files: 1 },
    { kind: 'conflict', with: 'Retry', first: true, files: 1 },
    { kind: 'outside', files: 1 },
    { kind: 'comments', count: 2 },
  ]);
});

test('that no check has run is told where there are checks, and what is not known yet is not', () => {
  const nothing = { checks: {}, openComments: 0 };
  assert.equal(standsBefore(nothing, { ...known, landing: null }, 0), [{ kind: 'not_run' }]);
  assert.equal(standsBefore(nothing, { ...known, landing: null, checks: [] }, 0), []);
  assert.equal(standsBefore(nothing, null, 0), []);
});

test.run();
