import * as assert from 'uvu/assert';
import { hashOfText } from '../../../actors/model/run/item-marks.ts';
import { fact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import { at, message, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('known items');

const said = (text: string, messageId: string): RunFact => fact('message', { text, messageId }, at(3));

test('pieces of a message are one item, in the order of the runs, and another session is not in it', () => {
  const world = openLogWorld();
  const other = world.openSession('other');
  const { sessionId, runKey } = world.openSession('own');
  world.append(runKey, said('I begin ', 'm1'), fact('usage', { used: 1 }, at(3)), said('now.', 'm1'));
  world.append(other.runKey, said('of another', 'm9'));
  world.append(
    runKey,
    fact('tool_call', { toolCallId: 't1', title: 'ls' }, at(4)),
    message('done'),
    status('completed'),
  );
  const next = world.beginRun(sessionId, [prompt('and on')]).runKey;
  world.append(next, said('Second.', 'm1'));
  world.append(next, fact('title', { title: 'One' }, at(5)), fact('title', { title: 'Two' }, at(6)));
  const { key } = world.queries.handle(sessionId);
  const { items, isCut, standing } = world.queries.knownItems(key);
  assert.equal(
    items.map((item) => [item.kind, item.id, 'head' in item ? item.head : item.marks.length]),
    [
      ['message', 'm1', 'Ibeginnow.'],
      ['tool', 't1', 1],
      ['message', null, 'done'],
      ['message', 'm1', 'Second.'],
    ],
  );
  assert.equal(items[0] && 'hash' in items[0] && items[0].hash, hashOfText('Ibeginnow.'));
  assert.is(isCut, false);
  assert.equal(standing, { title: hashOfText('{"title":"Two"}') });
  world.close();
});

test.run();
