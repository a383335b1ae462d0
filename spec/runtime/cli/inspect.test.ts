import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Step } from '../../../actors/protocol/gateway/inspection.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('inspect', { timeLimitMs: 180_000 });

const { run } = throughline(bundle);
const folder = temporaryFolder('inspect');

test.before(async () => {
  execFileSync('git', ['init', '--quiet', folder]);
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  execFileSync('git', ['-C', folder, ...who, 'commit', '--quiet', '--allow-empty', '-m', 'first']);
  const words = ['--name', 'inspected', '--repo', folder, '--agent', 'rehearsal:approval', '--approve', 'allow'];
  const { code, stderr } = await run('run', 'Do it', ...words, '--wait');
  assert.is(code, 0, stderr);
});

const steps = async (): Promise<readonly Step[]> =>
  (await run('inspect', 'inspected', '--json')).json() as unknown as readonly Step[];

test('the steps are a table that a person reads, with states, guards, actions and what changed', async () => {
  const { stdout, code } = await run('inspect', 'inspected');
  assert.is(code, 0);
  assert.match(stdout, /inspected, run 1/);
  assert.match(stdout, /status +queued → starting\n +\[isStarting\] {2}\/ prepareAgent/);
  assert.match(stdout, /approval_requested +running\.working → running\.awaitingApproval/);
  assert.match(stdout, /\[answersTheLastApproval\] {2}\/ closeApproval, answerApproval {2}openApprovals −/);
  assert.match(stdout, /status +running\.working → completed/);
  assert.match(stdout, /events? the machine does not hear/);
  assert.not.match((await run('inspect', 'inspected', '--all')).stdout, /does not hear/);
});

test('as JSON, there is one step a line, one for each event of the run', async () => {
  const made = await steps();
  const events = (await run('history', 'inspected', '--run', '1', '--json')).json();
  assert.equal(
    made.map(({ event }) => event),
    events as unknown as Step['event'][],
  );
  assert.equal(made.at(-1)?.to, ['run.completed']);
});

test('at a step, the state, the context, the payload and the time in each state are shown', async () => {
  const asked = (await steps()).find(({ event }) => event.type === 'approval_requested');
  const place = `1:${asked?.event.seq}`;
  const { stdout } = await run('inspect', 'inspected', '--at', place);
  assert.match(stdout, /state +running\.awaitingApproval {2}from running\.working/);
  assert.match(stdout, /✓ run\.running\.working approval_requested 0/);
  assert.match(stdout, /Context\n {2}prompt: "Do it"\n {2}openApprovals: \["[0-9a-f-]{36}"\]/);
  assert.match(stdout, /Time in each state\n {2}queued: \d/);
  assert.match(stdout, /Payload\n {2}\{\n {4}"approvalId"/);
  const [one] = (await run('inspect', 'inspected', '--at', place, '--json')).json();
  assert.equal(one?.active, ['run', 'run.running', 'run.running.awaitingApproval']);
});

test('the picture is drawn at the step, and never over a file that is there', async () => {
  const path = join(folder, 'step.svg');
  const asked = (await steps()).find(({ event }) => event.type === 'approval_requested');
  const words = ['inspect', 'inspected', '--at', `1:${asked?.event.seq}`, '--svg', path];
  assert.is((await run(...words)).code, 0);
  const svg = readFileSync(path, 'utf8');
  assert.match(svg, /class="state state-atomic state-active" data-state="run\.running\.awaitingApproval"/);
  assert.match(svg, /transition-taken" data-transition="run\.running\.working approval_requested 0"/);
  const again = await run(...words);
  assert.is(again.code, 2);
  assert.match(again.stderr, /is there already/);
});

test('what is exported is read back as the same table', async () => {
  const path = join(folder, 'steps.jsonl');
  assert.is((await run('inspect', 'inspected', '--export', path)).code, 0);
  assert.ok(existsSync(path));
  const [first, ...rest] = readFileSync(path, 'utf8').trim().split('\n');
  assert.is((JSON.parse(first ?? '') as { type: string }).type, '@xstate.actor');
  assert.is(rest.length, 2 * (await steps()).length);
  const lines = (text: string): readonly string[] => text.split('\n').slice(1);
  assert.equal(lines((await run('inspect', '--file', path)).stdout), lines((await run('inspect', 'inspected')).stdout));
});

test('what cannot be inspected is refused with what to do', async () => {
  const refused = async (code: number, says: RegExp, ...words: string[]): Promise<void> => {
    const ended = await run('inspect', ...words);
    assert.is(ended.code, code, words.join(' '));
    assert.match(ended.stderr, says, words.join(' '));
    assert.is(ended.stdout, '', words.join(' '));
  };
  await refused(2, /what is to be inspected/);
  await refused(3, /no session/, 'nobody');
  await refused(3, /has no run 7/, 'inspected', '--run', '7');
  await refused(2, /run 1 has no event 9999; it has \d+/, 'inspected', '--at', '1:9999');
  await refused(2, /a place is RUN:SEQ/, 'inspected', '--at', '12');
  await refused(2, /--at names run 1, --run names run 2/, 'inspected', '--at', '1:1', '--run', '2');
  await refused(2, /one thing is inspected at a time/, 'inspected', '--actors');
  await refused(2, /cannot be read/, '--file', join(folder, 'nothing.jsonl'));
});

test.run();
