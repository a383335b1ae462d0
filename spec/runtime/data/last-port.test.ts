import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readLastPort, writeLastPort } from '../../../runtime/data/last-port.ts';
import { openLog } from '../../../runtime/data/log.ts';
import { startGateway } from '../../../runtime/gateway/start-gateway.ts';
import { askAsBrowser } from '../../support/as-browser.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { memoryRuntime, token } from '../gateway/world.ts';

const test = suite('last port');

const gateway = (more: { port?: number; preferredPort?: number | null }) =>
  startGateway({
    runtime: memoryRuntime(),
    token,
    version: '1.2.3',
    log: openLog({ path: null }),
    onStopRequested: () => {},
    ...more,
  });

test('the port is kept, and what is no port of a runtime is none', () => {
  const root = temporaryFolder('port');
  assert.is(readLastPort({ root }), null);
  writeLastPort({ root }, 40_123);
  writeLastPort({ root }, 40_124);
  assert.is(readLastPort({ root }), 40_124);
  assert.is(statSync(join(root, 'port')).mode & 0o777, 0o600);
  for (const wrong of ['', '80', '99999', '-1', '4e3', 'x'.repeat(100)]) {
    writeFileSync(join(root, 'port'), wrong);
    assert.is(readLastPort({ root }), null, wrong);
  }
});

test('a gateway takes the last port again where it is free, another where it is not, and the one asked for in any case', async () => {
  const first = await gateway({});
  await first.close();
  const again = await gateway({ preferredPort: first.port });
  assert.is(again.port, first.port);
  const beside = await gateway({ preferredPort: first.port });
  assert.is.not(beside.port, first.port);
  assert.is((await askAsBrowser(beside.windowUrl())).status, 303);
  const asked = await gateway({ port: 0, preferredPort: beside.port });
  assert.is.not(asked.port, beside.port);
  for (const one of [again, beside, asked]) await one.close();
});

test.run();
