import * as assert from 'uvu/assert';
import type { Event } from './contract.ts';
import { slowWordPattern } from './scenarios.ts';

const terminal = new Set(['completed', 'interrupted', 'failed']);

/** What an agent may still tell when its turn is over: kimi counts its tokens then. */
const tidings = new Set(['usage', 'limit', 'title', 'commands', 'options', 'notice', 'note']);

export type ExpectedRun = { readonly outcome: string; readonly prompt?: string };

/**
 * A session's whole history, as `history --json` prints it, against what every history has to be: in order, without a
 * gap, one prompt and one terminal status a run, nothing twice but what the agent says anew in each process. `said` are
 * sentences that must be there exactly once.
 */
export const checkHistory = (
  events: readonly Event[],
  expected: {
    readonly runs: readonly ExpectedRun[];
    readonly said: readonly string[];
    readonly saysAnew?: RegExp | undefined;
  },
): void => {
  checkOrder(events);
  const ordinals = [...new Set(events.map(({ run }) => run))].filter((run) => run > 0);
  assert.equal(
    ordinals,
    expected.runs.map((_, index) => index + 1),
    'the runs of the history',
  );
  for (const [index, { outcome, prompt }] of expected.runs.entries()) {
    const run = events.filter((event) => event.run === index + 1);
    checkRun(run, outcome, prompt);
  }
  checkNothingTwice(events, expected.saysAnew);
  const spoken = textOf(events, 'message');
  for (const sentence of expected.said) {
    assert.is(spoken.split(sentence).length - 1, 1, `how often the history says "${sentence}"`);
  }
};

const checkOrder = (events: readonly Event[]): void => {
  let previous: Event | undefined;
  for (const event of events) {
    const place = `at run ${event.run}, seq ${event.seq}`;
    if (previous === undefined || previous.run !== event.run) {
      assert.ok(previous === undefined || previous.run < event.run, `runs ascend ${place}`);
      assert.is(event.seq, 1, `a run begins with seq 1 ${place}`);
    } else {
      assert.is(event.seq, previous.seq + 1, `seq has no gap ${place}`);
      assert.ok(event.position > previous.position, `positions ascend ${place}`);
      assert.is(event.runId, previous.runId, `one run id a run ${place}`);
    }
    previous = event;
  }
  const positions = new Set(events.map(({ position }) => position));
  assert.is(positions.size, events.length, 'every event has a position of its own');
};

const checkRun = (run: readonly Event[], outcome: string, text: string | undefined): void => {
  const name = `run ${run[0]?.run}`;
  const prompts = run.filter(({ type }) => type === 'prompt');
  assert.is(prompts.length, 1, `${name} has exactly one prompt`);
  if (text !== undefined) assert.is(prompts[0]?.payload.text, text, `the prompt of ${name}`);
  const isEnding = ({ type, payload }: Event): boolean => type === 'status' && terminal.has(payload.status ?? '');
  const endings = run.filter(isEnding);
  assert.equal(
    endings.map(({ payload }) => payload.status),
    [outcome],
    `the terminal statuses of ${name}`,
  );
  const afterwards = run.slice(run.findIndex(isEnding) + 1).map(({ type }) => type);
  assert.equal(
    afterwards.filter((type) => !tidings.has(type)),
    [],
    `no work follows the terminal status of ${name}`,
  );
  const approvals = (type: string): readonly (string | undefined)[] =>
    run.filter((event) => event.type === type).map(({ payload }) => payload.approvalId);
  assert.equal(approvals('approval_resolved'), approvals('approval_requested'), `the approvals of ${name}`);
};

const checkNothingTwice = (events: readonly Event[], saysAnew: RegExp | undefined): void => {
  const words = textOf(events, 'message').match(slowWordPattern) ?? [];
  assert.is(new Set(words).size, words.length, 'no word of a slow answer is there twice');
  for (const type of ['message', 'thinking']) {
    const texts = wholeTexts(events, type).filter((text) => saysAnew?.test(text) !== true);
    assert.equal([...new Set(texts)], texts, `no ${type} is there twice`);
  }
  const tools = new Map<string, number>();
  for (const { run, payload } of events) {
    if (payload.toolCallId === undefined) continue;
    assert.is(tools.get(payload.toolCallId) ?? run, run, `tool call ${payload.toolCallId} belongs to one run`);
    tools.set(payload.toolCallId, run);
  }
};

export const textOf = (events: readonly Event[], type: string): string =>
  events
    .filter((event) => event.type === type)
    .map(({ payload }) => payload.text ?? '')
    .join('');

/** Texts with the pieces of one message put together again: those of one kind that follow one another. */
const wholeTexts = (events: readonly Event[], type: string): readonly string[] => {
  const texts: string[] = [];
  let previous: Event | undefined;
  for (const event of events) {
    const { text = '', messageId } = event.payload;
    const continues = previous?.type === type && previous.run === event.run && previous.payload.messageId === messageId;
    if (event.type === type) {
      if (continues) texts.push((texts.pop() ?? '') + text);
      else texts.push(text);
    }
    // Usage may be told between two pieces of one message.
    if (event.type !== 'usage') previous = event;
  }
  return texts.filter((text) => text.trim() !== '');
};
