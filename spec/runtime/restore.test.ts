import { readdirSync, statSync } from 'node:fs';
import { equal, is, match, not, ok } from 'uvu/assert';
import type { ApprovalId, SessionId } from '../../actors/protocol/facts/ids.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { readDashboard, withQueries } from '../../runtime/cli/connect/queries.ts';
import { continuationPrompt } from '../../runtime/sessions/runs.ts';
import { serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import {
  assertInOrder,
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  field,
  happened,
  historyOf,
  rowOf,
  runsWithoutOneEnd,
  spoke,
  start,
  statusesOf,
} from '../support/world.ts';

const test = suite('restoring what was in flight', { timeLimitMs: 180_000 });
test.after(closeWorlds);

test('[law 5] a crash keeps every status, marks what was in flight, and leaves what had ended alone', async () => {
  const world = createWorld('restore');
  const before = await serve(world.directory);
  const completed = await start(before, world, 'quick', { name: 'completed' });
  await ended(before, completed.id);
  const failed = await start(before, world, 'crash', { name: 'failed' });
  await ended(before, failed.id);
  const interrupted = await start(before, world, 'hang', { name: 'interrupted' });
  await spoke(before, interrupted.id);
  await before.interrupt(interrupted.id);
  await ended(before, interrupted.id);
  const working = await start(before, world, 'hang', { name: 'working', worktree: true });
  await spoke(before, working.id);
  const asking = await start(before, world, 'approval', { name: 'asking' });
  const asked = await happened(before, asking.id, 'it asks', ({ type }) => type === 'approval_requested');
  const stubborn = await start(before, world, 'stubborn', { name: 'interrupting' });
  await spoke(before, stubborn.id);
  await before.interrupt(stubborn.id);
  const rows = (await before.dashboard()).rows;
  equal(
    rows.map(({ name }) => name),
    ['interrupting', 'asking', 'working', 'interrupted', 'failed', 'completed'],
    'active sessions first, then what ended, whatever it ended in',
  );
  await before.kill();

  const runtime = await world.open();
  const restored = (await runtime.dashboard()).rows;
  equal(
    restored.map(({ name }) => name),
    rows.map(({ name }) => name),
  );
  for (const [index, row] of restored.entries()) {
    const was = rows[index];
    is(row.status, was?.status, row.name);
    is(row.activity, was?.activity, row.name);
    is(row.failureReason, was?.failureReason, row.name);
    is(row.lastActivityAt, was?.lastActivityAt, row.name);
    is(row.activeRunId, was?.activeRunId, row.name);
    const inFlight = row.status === 'Running';
    is(row.restored, inFlight, row.name);
    is(row.restoredAt !== null, inFlight, row.name);
    is(row.recoveryHint !== null, inFlight, row.name);
  }
  const hint = async (id: string): Promise<string> => (await rowOf(runtime, id)).recoveryHint ?? '';
  await until('the orphans are recorded', async () => /Its agent had lived on/.test(await hint(stubborn.id)));
  match(
    await hint(working.id),
    /^Throughline ended unexpectedly while this session was working\. .*Resume to continue/,
  );
  match(await hint(asking.id), 'while this session waited for an approval, which has expired');
  match(await hint(stubborn.id), 'while this session was being interrupted');
  equal(world.agents(), [], 'restoring starts no agent, and the orphans are gone');

  is((await rowOf(runtime, asking.id)).pendingApprovals, 0);
  equal((await runtime.session(asking.id)).approvals, []);
  const approvalId = field(asked, 'approvalId') as ApprovalId;
  is((await errorOf(runtime.decide(asking.id, approvalId, { decision: 'allow' }))).code, 'approval.not_pending');
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('[law 5] without a runtime the command line shows what the next start will mark, after a stop and after a crash', async () => {
  const world = createWorld('restore');
  const command = { directory: world.directory, warn: () => {} };
  const timeless = (rows: readonly DashboardRow[]) =>
    rows.map((row) => ({ ...row, restoredAt: row.restoredAt !== null }));
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'hang');
  await spoke(runtime, id);
  await runtime.stop();
  const stopped = await readDashboard(command);
  const hint = 'Throughline was stopped while this session was working. Resume to continue.';
  is(stopped.rows[0]?.recoveryHint, hint);
  is((await withQueries(command, (queries) => queries.session(id as SessionId))).recoveryHint, hint);

  const served = await serve(world.directory);
  equal(timeless((await served.dashboard()).rows), timeless(stopped.rows));
  const next = await start(served, world, 'hang');
  await spoke(served, next.id);
  await served.kill();
  const killed = await readDashboard(command);
  const hints = killed.rows.map(({ recoveryHint }) => recoveryHint);
  equal(hints, [hint.replace('was stopped', 'ended unexpectedly'), hint]);
  await world.close();
});

test('[law 5] the marks outlive ledger events and another restart, and go with the first new event', async () => {
  const world = createWorld('restore');
  const before = await serve(world.directory);
  const { id, runId } = await start(before, world, 'stubborn', { name: 'first' });
  await spoke(before, id);
  await before.kill();

  const runtime = await world.open();
  await until('the orphan is gone', () => world.agents().length === 0);
  const marks = await until('the hint says so', async () => {
    const row = await rowOf(runtime, id);
    return row.recoveryHint?.includes('lived on') && row;
  });
  await runtime.rename(id, 'second');
  const renamed = await rowOf(runtime, id);
  is(renamed.name, 'second');
  for (const mark of ['restored', 'restoredAt', 'recoveryHint', 'status', 'activity'] as const) {
    is(renamed[mark], marks[mark], mark);
  }
  await runtime.stop();

  const again = await world.open();
  const still = await rowOf(again, id);
  is(still.restored, true);
  is(still.restoredAt, marks.restoredAt);
  is(still.recoveryHint, marks.recoveryHint, 'a clean stop in between does not change how it really ended');
  is(still.status, 'Running');
  is((await again.verify()).ok, true);

  const cleared: { restored: boolean; runId: string | null }[] = [];
  const resumed = await again.resume(id);
  cleared.push({ restored: (await rowOf(again, id)).restored, runId: (await rowOf(again, id)).activeRunId });
  is(cleared[0]?.restored, false, 'with the first event, before the agent has said anything');
  is(resumed.id, id);
  is(resumed.run, 2);
  not(resumed.runId === runId);
  const row = await ended(again, id);
  is(row.status, 'Completed');
  is(row.restored, false);
  is(row.restoredAt, null);
  is(row.recoveryHint, null);
  is(row.runCount, 2);
  is(row.resumeCount, 1);

  const events = await historyOf(again, id);
  assertInOrder(events);
  equal(await historyOf(again, id, 3), events, 'in small pages it is the same');
  equal(runsWithoutOneEnd(events), []);
  equal(
    statusesOf(events).filter((status) => status.startsWith('1')),
    ['1 starting', '1 running', '1 interrupted'],
    'the run that was cut off is closed when the next begins, not before',
  );
  const prompts = events.filter(({ type }) => type === 'prompt');
  equal(
    prompts.map((event) => [event.run, field(event, 'origin')]),
    [
      [1, 'prompt'],
      [2, 'continuation'],
    ],
  );
  is(field(prompts[1], 'text'), continuationPrompt);
  const said = events.filter((event) => event.run === 2 && event.type === 'message');
  match(String(field(said[0], 'text')), 'I am back');
  const conversation = events.filter((event) => event.type === 'conversation');
  equal(
    conversation.map((event) => field(event, 'how')),
    ['begun', 'resumed'],
  );
  is((await errorOf(again.resume(id))).code, 'session.prompt_required');
  is((await again.verify()).ok, true);
  await world.close();
});

test('a clean stop is told apart from a crash, and a session that never began from one at work', async () => {
  const world = createWorld('restore');
  // Answers nothing for ever, so the session stays in its beginning.
  const silent = 'acp:sleep 600';
  const before = await world.open();
  const { id } = await start(before, world, silent);
  const working = await start(before, world, 'hang', { worktree: true });
  await spoke(before, working.id);
  await happened(before, id, 'its process runs', (event) => field(event, 'note') === 'agent_started');
  const { path } = (await rowOf(before, working.id)).worktree;
  ok(path);
  await before.stop();
  equal(world.agents(), [], 'a stop leaves no agent');
  const worktree = (): unknown => [readdirSync(path), statSync(path).mtimeMs, statSync(`${path}/.git`).mtimeMs];
  const untouched = worktree();

  const runtime = await world.open();
  const starting = await rowOf(runtime, id);
  is(starting.status, 'Starting');
  is(starting.recoveryHint, 'Throughline was stopped before the agent had begun. Resume to continue.');
  is(
    (await rowOf(runtime, working.id)).recoveryHint,
    'Throughline was stopped while this session was working. Resume to continue.',
  );
  equal(worktree(), untouched);

  // Nobody is behind it, so the interrupt itself ends it.
  await runtime.interrupt(id);
  const interrupted = await rowOf(runtime, id);
  is(interrupted.status, 'Interrupted');
  is(interrupted.restored, false);
  equal(statusesOf(await historyOf(runtime, id)), ['1 starting', '1 interrupted']);
  is((await errorOf(runtime.interrupt(id))).code, 'session.not_running');
  equal(world.agents(), []);

  // With a prompt of one's own, and by a prompt instead of a resume, a restored session goes on as well.
  const next = await runtime.prompt(working.id, 'Something else.');
  is(next.run, 2);
  const row = await ended(runtime, working.id);
  is(row.status, 'Completed');
  is(row.worktree.path, path, 'in the worktree it had');
  is(row.restored, false);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('a run whose runtime was gone ended with its last event, however long nobody was there', async () => {
  const world = createWorld('downtime');
  const before = await serve(world.directory);
  const sessions = await Promise.all([1, 2].map(() => start(before, world, 'hang')));
  for (const { id } of sessions) await spoke(before, id);
  await before.kill();

  const runtime = await world.open();
  const [resumed, interrupted] = sessions;
  if (resumed === undefined || interrupted === undefined) throw new Error('there are no sessions');
  const lastActivityOf = new Map(
    (await runtime.dashboard()).rows.map(({ id, lastActivityAt }) => [id, lastActivityAt]),
  );
  await runtime.resume(resumed.id, 'Go on.');
  await runtime.interrupt(interrupted.id);
  for (const { id } of sessions) {
    const events = (await historyOf(runtime, id)).filter(({ run }) => run === 1);
    const end = events.at(-1);
    is(field(end, 'status'), 'interrupted');
    is(end?.occurredAt, lastActivityOf.get(id));
    // The wall's clock of when that was recorded is another, and says when the session was last touched.
    ok((await rowOf(runtime, id)).lastActivityAt > (end?.occurredAt ?? Number.POSITIVE_INFINITY));
  }
  is((await runtime.verify()).ok, true);
  await world.close();
});

test.run();
