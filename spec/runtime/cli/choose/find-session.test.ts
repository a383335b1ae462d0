import { equal, is, match, throws } from 'uvu/assert';
import { ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { findSession, shortIdLength } from '../../../../runtime/cli/choose/find-session.ts';
import { shortIds } from '../../../../runtime/cli/choose/short-id.ts';
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

test('a chosen name goes before part of an id', () => {
  is(findSession(rows, '0190ffff'), rows[3]);
});

test('two candidates are wrong usage and are named', () => {
  const byPrefix = refusal('0190a1b2');
  is(byPrefix.code, 'input.invalid');
  match(byPrefix.message, '00000001 tests');
  match(byPrefix.message, '00000002 docs');
  is(refusal('docs').code, 'input.invalid');
});

test('nothing found is not found, and the name is shown without what it could do to a terminal', () => {
  is(refusal('other').code, 'session.not_found');
  is(refusal('').code, 'session.not_found');
  is(refusal('x\u001b[2J').message, 'no session is called "x"');
  throws(() => findSession([], 'tests'), /no session/);
});

test('the random end of an id means it, whole, by its own beginning or its own end, but not a few characters of it', () => {
  const ids = ['01ad6c9f-66c1-7e57-96e6-a7c6afb90e29', '01ad6c9f-66c1-7e57-96e6-a7c63b0e77d1'];
  const two = ids.map((id) => ({ id, name: 'docs' }));
  is(findSession(two, 'AFB90E29'), two[0]);
  is(findSession(two, '3b0e'), two[1]);
  is(findSession(two, 'a7c63b0e77d1'), two[1]);
  throws(() => findSession(two, '29'), /no session/);
});

test('a short id that was printed still means its session when another of the same moment has come', () => {
  const first = { id: '01ad6c9f-66c1-7e57-96e6-a7c6afb90e29', name: 'docs' };
  const printed = shortIds([first])(first.id);
  is(printed, 'afb90e29');
  const later = Array.from({ length: 50 }, (_, index) => ({
    id: `01ad6c9f-66c2-7000-8000-00000000${String(index).padStart(4, '0')}`,
    name: 'docs',
  }));
  is(findSession([...later, first], printed), first);
});

test('a short id is longer where two would be the same, and whole where a session is named like it', () => {
  const alike = [
    { id: '01ad6c9f-66c1-7e57-96e6-a7c1afb90e29', name: 'docs' },
    { id: '01ad6c9f-66c1-7e57-96e6-a7c2afb90e29', name: 'api' },
  ];
  const short = alike.map(({ id }) => shortIds(alike)(id));
  equal(short, ['1afb90e29', '2afb90e29']);
  is(findSession(alike, short[1] ?? ''), alike[1]);
  const mimic = { id: '01ad6c9f-66c1-7e57-96e6-a7c6ffffffff', name: '0afb90e2' };
  const meant = { id: '01ad6c9f-66c1-7e57-96e6-a7c60afb90e2', name: 'docs' };
  is(findSession([mimic, meant], shortIds([mimic, meant])(meant.id)), meant);
});

test('ids are shown as long as it takes to tell them apart', () => {
  is(shortIdLength(rows.map((row) => row.id)), 13);
  is(shortIdLength(['0190a1b2-c3d4-7000-8000-000000000001']), 8);
});

test.run();
