import { is } from 'uvu/assert';
import { compactAge } from '../../../../actors/model/dashboard/age.ts';
import { durationText } from '../../../../actors/model/dashboard/duration.ts';
import { table } from '../../../../runtime/cli/render/table.ts';
import { displayWidth, truncate } from '../../../../runtime/cli/text/display-width.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('tables');

test('columns are aligned by what is seen, not by characters', () => {
  const red = '\u001b[31mred\u001b[39m';
  is(
    table([
      ['name', 'status'],
      ['日本', red],
      ['👩‍🚀 a', 'e\u0301'],
    ]),
    `name  status\n日本  ${red}\n👩‍🚀 a  e\u0301\n`,
  );
});

test('a row of one text takes no part in the alignment', () => {
  is(table([['a', 'b'], '  a long quiet line', ['cc', 'd']]), 'a   b\n  a long quiet line\ncc  d\n');
});

test('a long text is cut at a whole character, with an ellipsis', () => {
  is(truncate('abcdef', 6), 'abcdef');
  is(truncate('abcdefg', 6), 'abcde…');
  is(truncate('日本語です', 6), '日本…');
  is(displayWidth('日本…'), 5);
});

test('an age is one compact word, also when the clock jumped back', () => {
  const now = 1_700_000_000_000;
  const ages = [-5000, 400, 12_000, 180_000, 5 * 3_600_000, 9 * 86_400_000].map((ms) => compactAge(now - ms, now));
  is(ages.join(' '), 'now now 12s 3m 5h 9d');
  is([400, 12_300, 185_000].map(durationText).join(', '), '0.4 s, 12 s, 3 min 5 s');
});

test.run();
