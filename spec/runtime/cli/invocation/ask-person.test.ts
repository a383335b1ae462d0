import { PassThrough } from 'node:stream';
import { equal, is } from 'uvu/assert';
import { asThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { askPerson } from '../../../../runtime/cli/invocation/ask-person.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('asking a person');

test('each question is asked when the one before is answered, and what was typed is given in their order', async () => {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const typed = askPerson({ stdin, stderr }, ['Database: ', 'Port: ']);
  stdin.write('pg\n\n');
  equal(await typed, ['pg', '']);
  is(String(stderr.read()).replaceAll('\u001b[1G', '').replaceAll('\u001b[0J', ''), 'Database: Port: ');
});

test('who ends the input has answered nothing, and of no question nothing is waited for', async () => {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const typed = askPerson({ stdin, stderr }, ['Database: ', 'Port: ']).catch(asThroughlineError);
  stdin.end('pg\n');
  const error = await typed;
  is(error instanceof Error && 'code' in error ? error.code : null, 'input.invalid');
  equal(await askPerson({ stdin: new PassThrough(), stderr }, []), []);
});

test.run();
