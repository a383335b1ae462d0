import { join } from 'node:path';
import { equal, is, match } from 'uvu/assert';
import { connect } from '../../../runtime/client/find-runtime.ts';
import { openRuntime } from '../../../runtime/open-runtime.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { errorOf } from '../../support/world.ts';

const test = suite('the client of a data directory', { timeLimitMs: 60_000 });

test('it is found while a runtime serves it, follows the next one, and nothing is made where there is none', async () => {
  const dataDirectory = join(temporaryFolder('connect'), 'data');
  const nobody = await errorOf(connect({ dataDirectory }));
  is(nobody.code, 'runtime.unreachable');
  match(nobody.hint ?? '', dataDirectory);

  const first = await openRuntime({ dataDirectory, port: 0 });
  const client = await connect({ dataDirectory });
  is(client.endpoint.url, first.gateway?.url);
  const dashboards = client.dashboards();
  equal((await dashboards.next()).value, { version: 0, rows: [] });
  const coming = dashboards.next();
  await first.close();

  const second = await openRuntime({ dataDirectory, port: 0 });
  equal((await coming).value, { version: 0, rows: [] });
  is((await client.again())?.endpoint.url, second.gateway?.url);
  await dashboards.return();
  await second.close();
  is(await client.again(), null);
});

test.run();
