import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { dataDirectoryAt } from '../../runtime/data/data-directory.ts';
import { isLocked } from '../../runtime/data/lock.ts';
import { type OpenedRuntime, openRuntime } from '../../runtime/open-runtime.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { errorOf } from '../support/world.ts';

const test = suite('a runtime that is opened', { timeLimitMs: 120_000 });

const openRuntimes = new Set<OpenedRuntime>();
test.after(async () => {
  for (const { close } of openRuntimes) await close();
});

const open = async (...given: Parameters<typeof openRuntime>): Promise<OpenedRuntime> => {
  const opened = await openRuntime(...given);
  openRuntimes.add(opened);
  return opened;
};

const health = (gateway: { readonly url: string; readonly token: string } | null): Promise<Response> =>
  fetch(`${gateway?.url}/api/health`, { headers: { authorization: `Bearer ${gateway?.token}` } });

test('it is reached over its gateway, named in its data directory, and gone from both when it is closed', async () => {
  const dataDirectory = join(temporaryFolder('open'), 'data');
  const directory = dataDirectoryAt(dataDirectory);
  const lines: string[] = [];
  const opened = await open({ dataDirectory, port: 0, onLog: (text) => lines.push(text) });
  is((await health(opened.gateway)).status, 200);
  match(opened.gateway?.windowUrl() ?? '', /^http:/);
  is(opened.isServing(), true);
  is((await errorOf(openRuntime({ dataDirectory }))).code, 'data.locked');
  await Promise.all([opened.close(), opened.close()]);
  await opened.close();
  is(isLocked(directory), false);
  is(existsSync(directory.owner), false);
  is(await health(opened.gateway).catch(() => 'gone'), 'gone');
  match(lines.join('\n'), /the runtime has started .*\n[\s\S]*the runtime has stopped/);
  is(lines.join('\n').includes(opened.gateway?.token ?? ''), false, 'nobody hears the token');
});

test('without a gateway nobody reaches it, and it works all the same', async () => {
  const dataDirectory = join(temporaryFolder('no-gateway'), 'data');
  const { runtime, gateway, isServing, close } = await open({ dataDirectory, port: null });
  is(gateway, null);
  is(isServing(), true);
  equal(await runtime.dashboard(), { version: 0, rows: [] });
  is(existsSync(dataDirectoryAt(dataDirectory).owner), false);
  await close();
});

test('settings that are given stand in the place of the file, and are refused by the same rules', async () => {
  const dataDirectory = join(temporaryFolder('settings'), 'data');
  mkdirSync(dataDirectory, { mode: 0o700 });
  writeFileSync(join(dataDirectory, 'config.json'), '{"agents":{"filed":{"command":"true"}}}', { mode: 0o600 });
  const namesOf = async ({ runtime }: OpenedRuntime) => (await runtime.agents()).map(({ name }) => name);
  const filed = await open({ dataDirectory, port: null });
  ok((await namesOf(filed)).includes('filed'));
  await filed.close();
  const given = await open({ dataDirectory, port: null, settings: { agents: { given: { command: 'true' } } } });
  const names = await namesOf(given);
  ok(names.includes('given') && !names.includes('filed'));
  await given.close();
  const refused = await errorOf(openRuntime({ dataDirectory, port: null, settings: { parkAfterMinutes: -1 } }));
  is(refused.code, 'input.invalid');
  match(refused.message, 'parkAfterMinutes');
  is(isLocked(dataDirectoryAt(dataDirectory)), false);
});

test('one that cannot start leaves nothing open: the next start has the data directory and a clean epoch', async () => {
  const dataDirectory = join(temporaryFolder('taken'), 'data');
  const stranger = createServer().listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const { port } = stranger.address() as AddressInfo;
  const refused = await errorOf(openRuntime({ dataDirectory, port }));
  is(refused.code, 'runtime.start_failed');
  stranger.close();
  const opened = await open({ dataDirectory, port });
  is(opened.gateway?.port, port);
  const log = readFileSync(dataDirectoryAt(dataDirectory).log, 'utf8');
  is(log.split('the runtime has stopped').length, 2);
  await opened.close();
});

test('who asks for its end over the gateway ends it, unless that was left to somebody', async () => {
  const dataDirectory = join(temporaryFolder('stop'), 'data');
  const stop = ({ gateway }: OpenedRuntime): Promise<Response> =>
    fetch(`${gateway?.url}/api/stop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway?.token}`, 'content-type': 'application/json' },
      body: '{}',
    });
  let asked = 0;
  const asking = await open({ dataDirectory, onStopRequested: () => (asked += 1) });
  await stop(asking);
  is(asked, 1);
  is((await health(asking.gateway)).status, 200);
  await asking.close();
  const opened = await open({ dataDirectory });
  await stop(opened);
  await opened.close();
  is(isLocked(dataDirectoryAt(dataDirectory)), false);
});

test.run();
