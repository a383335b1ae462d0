import { equal, is, not } from 'uvu/assert';
import { ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { exitCodeByError } from '../../../../runtime/cli/invocation/exit-codes.ts';
import { errorLine } from '../../../../runtime/cli/invocation/report-error.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('exit codes and error lines');

test('an error never ends with 0, and what scripts rely on is as documented', () => {
  for (const code of Object.values(exitCodeByError)) not.equal(code, 0);
  equal(
    [
      exitCodeByError['input.invalid'],
      exitCodeByError['session.not_found'],
      exitCodeByError['approval.not_found'],
      exitCodeByError['repository.missing'],
      exitCodeByError['session.busy'],
      exitCodeByError['worktree.dirty'],
      exitCodeByError['data.locked'],
      exitCodeByError['approval.not_pending'],
      exitCodeByError['request.unauthorized'],
      exitCodeByError['runtime.unreachable'],
      exitCodeByError.internal,
    ],
    [2, 3, 3, 3, 4, 4, 4, 4, 4, 5, 1],
  );
});

test('an error is one line with its hint, whatever its message holds', () => {
  const error = new ThroughlineError('git.failed', 'git said:\nfatal \u001b[31mno\u001b[0m', { hint: 'look\nthere' });
  is(errorLine(error), 'throughline: git said: fatal no (look there)');
});

test.run();
