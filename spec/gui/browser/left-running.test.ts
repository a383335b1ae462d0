import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended, historyOf, spoke } from '../../support/world.ts';
import { closeWindows, createWindowWorld, openByName } from './support/window.ts';

const test = suite('what was left running, in the window');
test.after(closeWindows);

const small = fileURLToPath(new URL('../../runtime/sessions/agents/small.mjs', import.meta.url));

test('what an interrupted turn left running is said in its session, and ended there', async () => {
  const world = await createWindowWorld('left-running');
  const id = await world.start('leaves', `acp:${process.execPath} ${small} leaves`);
  await spoke(world.runtime(), id);
  await world.runtime().interrupt(id as SessionId);
  await ended(world.runtime(), id);
  const { page, problems } = await world.window();
  await openByName(page, 'leaves');
  const left = page.getByRole('region', { name: 'Left running' });
  await left.getByText('3 processes of an interrupted turn go on.').waitFor();
  await left.getByRole('button', { name: 'End them' }).click();
  await until('it is not said any more', async () => (await left.count()) === 0);
  const events = await historyOf(world.runtime(), id);
  assert.ok(events.some(({ type }) => type === 'left_running_ended'));
  assert.equal(problems, []);
});

test.run();
