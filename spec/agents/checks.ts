/** What every real agent has to do: the checks, in the order in which they build on one another. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { until } from '../support/until.ts';
import { checkHistory } from './check-history.ts';
import * as contract from './contract.ts';
import type { RealAgent } from './known/real-agent.ts';
import { signalGroup } from './processes.ts';
import { git } from './repository.ts';
import { askingPrompt, endings } from './scenarios.ts';
import {
  begin,
  beginSlow,
  checkEdited,
  checkGoesOn,
  checkRemembers,
  checkUntouched,
  groupsOf,
  historyOf,
  interruptAndRemove,
  interruptTimeLimitMs,
  modelWhen,
  presetOf,
  remove,
  rowOf,
  rowWhen,
  runArguments,
  slowUnderWay,
  stepTimeLimitMs,
  succeed,
  type World,
  worktreeOf,
} from './steps.ts';

type Check = {
  readonly sentence: string;
  /** Which agents it is for, if not for all. */
  readonly isFor?: (agent: RealAgent) => boolean;
  readonly body: (world: World) => Promise<void>;
};

const neverAsks = (agent: RealAgent): boolean => agent.neverAsks === true;
const asks = (agent: RealAgent): boolean => !neverAsks(agent);

export const checks: readonly Check[] = [
  {
    sentence: 'the runtime starts and finds the agent on PATH',
    async body({ program }) {
      await program.start();
      const { rows } = await program.json(contract.list, 'list');
      assert.equal(rows, []);
    },
  },
  {
    sentence: 'a prompt with thinking, text and an allowed edit lands in the worktree',
    async body(world) {
      const prompt = 'EDIT allowed.txt';
      const outcome = await world.program.outcome(...runArguments(world, prompt, 'allowed', 'allow'));
      assert.is(outcome.status, 'Completed');
      for (const type of ['prompt', 'thinking', 'message', 'tool_call', 'tool_result', 'status']) {
        assert.ok(outcome.types.includes(type), `run --wait told of a ${type}; it told of ${outcome.types}`);
      }
      const row = await rowOf(world, outcome.id);
      assert.is(row.status, 'Completed');
      assert.is(row.agent, presetOf(world.agent));
      assert.is(row.name, 'allowed');
      assert.is(row.failureReason, null);
      assert.is(row.activeRunId, null);
      checkEdited(world, row, 'allowed.txt');
      const history = await historyOf(world, outcome.id);
      const opened = history.find(({ type }) => type === 'conversation');
      assert.is(
        opened?.payload.protocol,
        world.agent.protocol ?? 1,
        'the version of the protocol that was to be spoken',
      );
      checkHistory(history, {
        runs: [{ outcome: 'completed', prompt }],
        said: [endings.edit('allowed.txt')],
      });
      world.kept.set('completed', outcome.id);
    },
  },
  {
    sentence: 'an edit that waits for a person lands only after `approve`',
    isFor: asks,
    async body(world) {
      const { program } = world;
      const id = await begin(world, askingPrompt(world.agent, 'asked.txt'), 'asked', 'ask');
      const waiting = await rowWhen(
        world,
        id,
        'an approval waits, or the run is over',
        ({ pendingApprovals, status }) => pendingApprovals === 1 || !['Starting', 'Running'].includes(status),
      );
      assert.equal([waiting.status, waiting.pendingApprovals], ['Running', 1], 'the agent asks');
      const { approvals } = await program.json(contract.detail, 'show', id);
      assert.is(approvals.length, 1);
      assert.not.ok(existsSync(join(worktreeOf(waiting), 'asked.txt')), 'nothing is written before the decision');
      await succeed(world, 'approve', id);
      const row = await rowWhen(world, id, 'the run has completed', ({ status }) => status === 'Completed');
      assert.is(row.pendingApprovals, 0);
      checkEdited(world, row, 'asked.txt');
      checkHistory(await historyOf(world, id), {
        runs: [{ outcome: 'completed' }],
        said: [endings.edit('asked.txt')],
      });
      await remove(world, id);
    },
  },
  {
    sentence: 'an edit that is refused is not made, and the run ends as the agent ends it',
    isFor: asks,
    async body(world) {
      const prompt = askingPrompt(world.agent, 'refused.txt');
      const outcome = await world.program.outcome(...runArguments(world, prompt, 'refused', 'deny'));
      // Some agents answer a refusal, others stop there as if they had been cancelled. Nobody interrupted either.
      assert.is(outcome.status, 'Completed');
      const worktree = worktreeOf(await rowOf(world, outcome.id));
      assert.not.ok(existsSync(join(worktree, 'refused.txt')), 'the refused file is absent');
      assert.is(git(worktree, 'status', '--porcelain'), '');
      checkUntouched(world);
      const history = await historyOf(world, outcome.id);
      assert.is(history.filter(({ type }) => type === 'approval_resolved').length, 1);
      checkHistory(history, { runs: [{ outcome: 'completed' }], said: [] });
      await remove(world, outcome.id);
    },
  },
  {
    sentence: 'an agent that cannot be made to ask is marked so',
    isFor: neverAsks,
    async body(world) {
      const outcome = await world.program.outcome(...runArguments(world, 'EDIT unasked.txt', 'unasked', 'ask'));
      const row = await rowOf(world, outcome.id);
      assert.equal([row.status, row.asks], ['Completed', false]);
      checkEdited(world, row, 'unasked.txt');
      await remove(world, outcome.id);
    },
  },
  {
    sentence: 'an interrupt in mid-turn ends one run, and its sibling goes on',
    async body(world) {
      const [interrupted, sibling] = await Promise.all([
        beginSlow(world, 'interrupted'),
        beginSlow(world, 'interrupted-sibling'),
      ]);
      await succeed(world, 'interrupt', interrupted.id);
      const ended = ({ status }: contract.Row): boolean => status === 'Interrupted';
      const row = await rowWhen(world, interrupted.id, 'the run is interrupted', ended, interruptTimeLimitMs);
      assert.is(row.failureReason, null, 'only a failure has a reason');
      await modelWhen(
        world,
        'the agent has hung up on its model',
        interrupted.request,
        ({ state }) => state === 'aborted',
      );
      await checkGoesOn(world, sibling);
      checkHistory(await historyOf(world, interrupted.id), { runs: [{ outcome: 'interrupted' }], said: [] });
      await interruptAndRemove(world, sibling.id);
      await remove(world, interrupted.id);
    },
  },
  {
    sentence: 'kill -9 of an agent in mid-turn fails its run alone, and a resume completes',
    async body(world) {
      const { program } = world;
      const [killed, sibling] = await Promise.all([beginSlow(world, 'killed'), beginSlow(world, 'killed-sibling')]);
      const groups = groupsOf(world, killed.id);
      for (const group of groups) signalGroup(group, 'SIGKILL');
      const row = await rowWhen(world, killed.id, 'the run has failed', ({ status }) => status === 'Failed');
      const reason = row.failureReason ?? '';
      assert.ok(reason !== '' && reason.length <= 140 && !/\s{2}|\n/.test(reason), `one line of reason: "${reason}"`);
      await checkGoesOn(world, sibling);
      const asked = world.model.requests.length;
      const outcome = await program.outcome('resume', killed.id, 'CONTINUE');
      assert.is(outcome.status, 'Completed');
      const resumed = await rowOf(world, killed.id);
      assert.equal([resumed.status, resumed.failureReason], ['Completed', null]);
      assert.equal([resumed.runCount, resumed.resumeCount], [2, 1]);
      checkHistory(await historyOf(world, killed.id), {
        runs: [
          { outcome: 'failed', prompt: 'SLOW killed' },
          { outcome: 'completed', prompt: 'CONTINUE' },
        ],
        said: [endings.continue],
        saysAnew: world.agent.saysAnew,
      });
      checkRemembers(world, asked, 'SLOW killed');
      await checkGoesOn(world, sibling);
      await interruptAndRemove(world, sibling.id);
      await remove(world, killed.id);
    },
  },
  {
    sentence: 'kill -9 of the runtime in mid-turn loses nothing: restored as Running, no orphan, resumed to its end',
    async body(world) {
      const { program } = world;
      const prompts = ['EDIT before.txt', 'SLOW crashed'] as const;
      const { id, status } = await program.outcome(...runArguments(world, prompts[0], 'crashed', 'allow'));
      assert.is(status, 'Completed');
      await succeed(world, 'prompt', id, prompts[1]);
      await slowUnderWay(world, id, 'crashed');
      // Stopped, it cannot see that its runtime is gone and end by itself: a true orphan.
      const groups = groupsOf(world, id);
      for (const group of groups) signalGroup(group, 'SIGSTOP');
      const before = await historyOf(world, id);
      const idle = world.kept.get('completed');

      await program.kill();
      assert.ok(program.agents(id).length > 0, 'the agent outlives the runtime');
      await program.start();
      const row = await rowOf(world, id);
      assert.is(row.status, 'Running', 'the last known status survives');
      assert.is(row.restored, true);
      assert.is(typeof row.restoredAt, 'number');
      assert.ok(row.recoveryHint !== null && row.recoveryHint.trim() !== '', 'a hint says what can be done');
      if (idle !== undefined) {
        const other = await rowOf(world, idle);
        assert.equal([other.status, other.restored, other.recoveryHint], ['Completed', false, null]);
      }
      await until('no agent of the dead runtime is left', () => program.agents().length === 0, {
        timeLimitMs: stepTimeLimitMs,
        everyMs: 100,
      });
      const after = await historyOf(world, id);
      for (const event of before) {
        const same = after.find(({ run, seq }) => run === event.run && seq === event.seq);
        assert.equal(same, event, `run ${event.run}, seq ${event.seq} is what it was before the crash`);
      }

      const asked = world.model.requests.length;
      const outcome = await program.outcome('resume', id);
      assert.is(outcome.status, 'Completed');
      const resumed = await rowOf(world, id);
      assert.is(resumed.status, 'Completed');
      assert.equal([resumed.restored, resumed.restoredAt, resumed.recoveryHint], [false, null, null]);
      assert.equal([resumed.runCount, resumed.resumeCount], [3, 1]);
      checkEdited(world, resumed, 'before.txt');
      const history = await historyOf(world, id);
      // What ended the run in the middle is for the runtime to say; that it ended once, for the history.
      const cut = history.findLast(({ run, type }) => run === 2 && type === 'status')?.payload.status ?? 'nothing';
      assert.ok(['interrupted', 'failed'].includes(cut), `the run that was cut off ended as ${cut}`);
      checkHistory(history, {
        runs: [
          { outcome: 'completed', prompt: prompts[0] },
          { outcome: cut, prompt: prompts[1] },
          { outcome: 'completed' },
        ],
        said: [endings.edit('before.txt'), endings.plain],
        saysAnew: world.agent.saysAnew,
      });
      checkRemembers(world, asked, prompts[0]);
      const { events, sessions } = await program.json(contract.verified, 'verify');
      assert.ok(events >= history.length && sessions >= 1, 'verify has folded them all');
      await remove(world, id);
    },
  },
  {
    sentence: 'three sessions at once on one repository, each in a worktree of its own',
    async body(world) {
      const names = ['first', 'second', 'third'];
      const outcomes = await Promise.all(
        names.map((name) => world.program.outcome(...runArguments(world, `EDIT ${name}.txt`, name, 'allow'))),
      );
      assert.equal(
        outcomes.map(({ status }) => status),
        names.map(() => 'Completed'),
      );
      const rows = await Promise.all(outcomes.map(({ id }) => rowOf(world, id)));
      for (const key of ['path', 'branch'] as const) {
        assert.is(
          new Set(rows.map(({ worktree }) => worktree[key])).size,
          names.length,
          `each has a ${key} of its own`,
        );
      }
      for (const row of rows) {
        checkEdited(world, row, `${row.name}.txt`);
        checkHistory(await historyOf(world, row.id), {
          runs: [{ outcome: 'completed', prompt: `EDIT ${row.name}.txt` }],
          said: [endings.edit(`${row.name}.txt`)],
        });
      }
      await Promise.all(rows.map(({ id }) => remove(world, id)));
    },
  },
  {
    sentence: '`verify` finds everything as it was stored, and `stop` leaves no process behind',
    async body({ program }) {
      const { ok } = await program.json(contract.verified, 'verify');
      assert.is(ok, true);
      const { code, stderr } = await program.run('stop');
      assert.is(code, 0, stderr);
      assert.is(await program.ended(), 0, 'the exit code of the runtime');
      assert.equal(program.agents(), [], 'agents still running');
    },
  },
];
