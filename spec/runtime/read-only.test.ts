import { copyFileSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { type DataDirectory, openDataDirectory } from '../../runtime/data/data-directory.ts';
import { message, openLogWorld, status } from '../support/log-world.ts';
import { killServed, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { errorOf } from '../support/world.ts';
import { bundle, throughline } from './cli/support/throughline.ts';

const test = suite('a damaged database');
test.after(killServed);

/** A data directory whose database has lost its last events: an earlier copy of it was put back by hand. */
const withLostEvents = (): DataDirectory => {
  const directory = openDataDirectory(join(temporaryFolder('damaged'), 'data'));
  let world = openLogWorld({ path: directory.database, marks: true });
  const { runKey } = world.openSession('eight agents');
  world.append(runKey, status('running'), message('words'), status('completed'));
  world.close();
  const copy = `${directory.database}.copy`;
  copyFileSync(directory.database, copy);
  world = openLogWorld({ path: directory.database, marks: true });
  world.openSession('lost');
  world.close();
  copyFileSync(copy, directory.database);
  rmSync(copy);
  return directory;
};

test('the runtime shows what can be read, refuses every command with one code, and touches nothing', async () => {
  const directory = withLostEvents();
  const before = readFileSync(directory.database);
  const served = await serve(directory);
  const { rows } = await served.dashboard();
  equal(
    rows.map((row) => row.name),
    ['eight agents'],
  );
  const id = rows[0]?.id ?? '';
  is((await served.history(id as never, null, 10)).events.length, 5);
  const { readOnly } = await served.client.call('health', {});
  is(readOnly?.code, 'store.damaged');
  match(readOnly?.message ?? '', /the last 2 events are missing/);
  const parameters = { id };
  const refusals = [
    () => served.client.call('startSession', { body: { prompt: 'x', repository: '/tmp', agent: 'rehearsal' } }),
    () => served.client.call('prompt', { parameters, body: { prompt: 'x' } }),
    () => served.client.call('resume', { parameters, body: { prompt: 'x' } }),
    () => served.client.call('interrupt', { parameters, body: {} }),
    () => served.client.call('rename', { parameters, body: { name: 'x' } }),
    () => served.client.call('remove', { parameters, query: { force: 'true' } }),
  ];
  for (const refusal of refusals) is((await errorOf(refusal())).code, 'store.damaged');
  is(await served.stop(), 0);
  equal(readFileSync(directory.database), before);
});

test('the command line shows what can be read and says what is wrong, with or without a runtime', async () => {
  const directory = withLostEvents();
  const cli = throughline(bundle, directory.root);
  const list = await cli.run('list');
  is(list.code, 0);
  match(list.stdout, /eight agents/);
  match(list.stderr, /the last 2 events are missing.*doctor --repair/);
  const rename = await cli.run('rename', 'eight agents', 'nine');
  is(rename.code, 1);
  match(rename.stderr, /the last 2 events are missing/);
  await cli.run('stop');
});

test('[law 15] a database that cannot be read at all is no first start: it is said, and no new one is made', async () => {
  const directory = withLostEvents();
  truncateSync(directory.database, 0);
  const cli = throughline(bundle, directory.root);
  for (const command of [['list'], ['serve'], ['run', 'hello', '--repo', '.', '--agent', 'rehearsal']]) {
    const ended = await cli.run(...command);
    ok(ended.code !== 0, `${command.join(' ')} succeeded`);
    match(ended.stderr, /emptied/);
  }
  is(readFileSync(directory.database).length, 0);
});

test.run();
