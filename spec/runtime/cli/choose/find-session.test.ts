import { is, match, throws } from 'uvu/assert';
import { ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { findSession, shortIdLength } from '../../../../runtime/cli/choose/find-session.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('which session is meant');

const rows = [
  { id: '0190a1b2-c3d4-7000-8000-000000000001', name: 'tests' },
  { id: '0190a1b2-c3d5-7000-8000-000000000002', name: 'docs' },
  { id: '0190ffff-0000-7000-8000-000000000003', name: 'docs' },
  { id: '01a00000-0000-7000-8000-000000000004', name: '0190ffff' },
];

const refusal = (given: string): ThroughlineError => {
  try {
    findSession(rows, given);
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) return thrown;
    throw thrown;
  }
  throw new Error(`"${given}" was found`);
};

test('a whole id, a unique beginning in either case, or a unique name', () => {
  is(findSession(rows, '0190a1b2-c3d5-7000-8000-000000000002'), rows[1]);
  is(findSession(rows, '0190A1B2-c3d4'), rows[0]);
  is(findSession(rows, 'tests'), rows[0]);
});

test('a chosen name goes before the beginning of an id', () => {
  is(findSession(rows, '0190ffff'), rows[3]);
});

test('two candidates are wrong usage and are named', () => {
  const byPrefix = refusal('0190a1b2');
  is(byPrefix.code, 'input.invalid');
  match(byPrefix.message, '0190a1b2-c3d4 tests');
  match(byPrefix.message, '0190a1b2-c3d5 docs');
  is(refusal('docs').code, 'input.invalid');
});

test('nothing found is not found, and the name is shown without what it could do to a terminal', () => {
  is(refusal('other').code, 'session.not_found');
  is(refusal('').code, 'session.not_found');
  is(refusal('x\u001b[2J').message, 'no session is called "x"');
  throws(() => findSession([], 'tests'), /no session/);
});

test('ids are shown as long as it takes to tell them apart', () => {
  is(shortIdLength(rows.map((row) => row.id)), 13);
  is(shortIdLength(['0190a1b2-c3d4-7000-8000-000000000001']), 8);
});

test.run();
