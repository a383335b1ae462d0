import * as assert from 'uvu/assert';
import { compactAge } from '../../../actors/model/dashboard/age.ts';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { compactCost, compactCount } from '../../../gui/state/amounts.ts';
import { fit, ranked } from '../../../gui/state/rank.ts';
import { branchSlug, suggestedName } from '../../../gui/state/suggest-name.ts';
import { suite } from '../../support/suite.ts';

const test = suite('words');

test('an age is one compact word, and a clock that jumped back gives now', () => {
  const at = 1_000_000_000;
  const ages = [-5_000, 999, 12_000, 179_000, 5 * 3_600_000, 47 * 3_600_000, 9 * 86_400_000];
  assert.equal(
    ages.map((ms) => compactAge(at, at + ms)),
    ['now', 'now', '12s', '2m', '5h', '47h', '9d'],
  );
});

test('counts fit in a column', () => {
  assert.equal([0, 812, 1_000, 4_120, 38_499, 999_499, 999_500, 1_240_000].map(compactCount), [
    '0',
    '812',
    '1k',
    '4.1k',
    '38k',
    '999k',
    '1M',
    '1.2M',
  ]);
  assert.is(counted(1, 'session'), '1 session');
  assert.is(counted(0, 'session'), '0 sessions');
});

test('small costs keep the digits that tell something, and a strange currency is shown as it is called', () => {
  assert.match(compactCost({ amount: 0.0342, currency: 'USD' }), /0[.,]034/);
  assert.match(compactCost({ amount: 12.5, currency: 'EUR' }), /12[.,]50/);
  assert.is(compactCost({ amount: 3, currency: 'credits' }), '3.00 credits');
});

test("a name comes out of the prompt's first sentence, cut at a word", () => {
  assert.is(suggestedName('  Fix the login. It is broken.\nMore'), 'Fix the login');
  assert.is(suggestedName('Bump to v1.2.3 now'), 'Bump to v1.2.3 now');
  assert.is(suggestedName(''), '');
  const long = suggestedName('Rewrite the whole importer so that it no longer needs twice the memory it should');
  assert.ok([...long].length <= 48, long);
  assert.match(long, /\w…$/);
});

test('a branch says what it is for, in the letters git and shells like', () => {
  assert.is(branchSlug('Écrire des tests: greet()!'), 'ecrire-des-tests-greet');
  assert.is(branchSlug('修复'), '');
});

test('what was typed finds whole words before strewn letters, and nothing where nothing fits', () => {
  const names = ['Sort by: Name', 'New session', 'Rename this session', 'Show sessions now'];
  const nameOf = (name: string): string => name;
  assert.is(ranked(names, 'new', nameOf)[0], 'New session');
  assert.is(ranked(names, 'rename', nameOf)[0], 'Rename this session');
  assert.is(ranked(names, 'newse', nameOf)[0], 'New session');
  assert.equal(ranked(names, 'zebra', nameOf), []);
  assert.equal(ranked(names, '', nameOf), names);
  assert.is(fit('abc', 'cba'), 0);
});

test.run();
