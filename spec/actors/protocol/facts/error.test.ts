import { readFileSync } from 'node:fs';
import { is } from 'uvu/assert';
import { codeOf, ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { Sqlite } from '../../../../actors/store/file/sqlite.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('errors');

const thrownBy = (body: () => unknown): unknown => {
  try {
    return body();
  } catch (thrown) {
    return thrown;
  }
};

test('a code is read from whatever was thrown, and is missing where there is none', () => {
  is(codeOf(thrownBy(() => readFileSync('/there/is/no/such/file'))), 'ENOENT');
  is(codeOf(thrownBy(() => new Sqlite(':memory:').exec('SELECT'))), 'SQLITE_ERROR');
  is(codeOf(new ThroughlineError('input.invalid', 'no')), 'input.invalid');
  const without = [null, undefined, 'ENOENT', new Error('no'), { code: 7 }, Object.assign(new Error(), { code: null })];
  for (const thrown of without) is(codeOf(thrown), undefined);
});

test.run();
