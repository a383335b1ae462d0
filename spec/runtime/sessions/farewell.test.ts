import { equal, is } from 'uvu/assert';
import { createFarewell } from '../../../runtime/sessions/farewell.ts';
import { suite } from '../../support/suite.ts';

const test = suite('farewell');

const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test('it ends with the agent’s answer, a failure, or as soon as somebody waits, and not before', async () => {
  const answers: (() => void)[] = [];
  const ended: string[] = [];
  const say = (name: string, close: () => Promise<void>) => {
    const farewell = createFarewell(close);
    void farewell.say().then(() => ended.push(name));
    return farewell;
  };
  say('answered', () => new Promise((resolve) => answers.push(resolve)));
  const silent = say('in a hurry', () => new Promise(() => {}));
  say('failed', () => Promise.reject(new Error('gone')));
  await quiet();
  equal(ended, ['failed']);
  silent.hurry();
  await quiet();
  equal(ended, ['failed', 'in a hurry']);
  for (const answer of answers) answer();
  await quiet();
  equal(ended, ['failed', 'in a hurry', 'answered']);
});

test('who was in a hurry before waits for nothing', async () => {
  let asked = 0;
  const farewell = createFarewell(() => {
    asked += 1;
    return new Promise(() => {});
  });
  farewell.hurry();
  await farewell.say();
  is(asked, 1);
});

test.run();
