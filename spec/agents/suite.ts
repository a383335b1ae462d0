import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { until } from '../support/until.ts';
import type { RealAgent } from './agents.ts';
import { checkHistory } from './check-history.ts';
import * as contract from './contract.ts';
import { environmentFor } from './environment.ts';
import type { InstalledAgent } from './install.ts';
import { createModelServer, type ModelRequest, type ModelServer } from './model-server.ts';
import { signalGroup } from './processes.ts';
import { createProgram, type Program } from './program.ts';
import { createRepository, git } from './repository.ts';
import { editedContent, endings, slowWordPattern } from './scenarios.ts';

const stepTimeLimitMs = 90_000;
const checkTimeLimitMs = 240_000;
/** An interrupt has 10 s in all; the rest is for a slow machine. */
const interruptTimeLimitMs = 20_000;
const enoughPieces = 10;

export type Report = { readonly passed: number; readonly failed: number };

/** What every check works on: one runtime, one repository, one scripted model, for one real agent. */
type World = {
  readonly agent: RealAgent;
  readonly program: Program;
  readonly model: ModelServer;
  readonly repository: string;
  /** Sessions that later checks look at again, by what they are there for. */
  readonly kept: Map<string, string>;
};

type Check = { readonly sentence: string; readonly body: (world: World) => Promise<void> };

/** Runs every check against one real agent, each on its own sessions of one runtime, and prints a line for each. */
export const checkAgent = async (installed: InstalledAgent, print: (line: string) => void): Promise<Report> => {
  const { agent } = installed;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `throughline-agents-${agent.name}-`)));
  const [home, data] = [join(folder, 'home'), join(folder, 'data')];
  mkdirSync(home);
  const repository = createRepository(join(folder, 'repository'));
  const model = await createModelServer();
  const environment = environmentFor(installed, { home, modelUrl: model.url });
  const program = createProgram({ folder, data, home, environment });
  // Whatever ends this process, no agent of 700 MB outlives it.
  process.once('exit', program.dispose);
  const world: World = { agent, program, model, repository, kept: new Map() };

  let [passed, failed] = [0, 0];
  try {
    for (const { sentence, body } of checks) {
      const begun = Date.now();
      const seconds = (): string => ((Date.now() - begun) / 1000).toFixed(1);
      try {
        await withinTime(sentence, body(world));
        passed += 1;
        print(`ok   ${agent.name}: ${sentence} (${seconds()} s)`);
      } catch (error) {
        failed += 1;
        print(`FAIL ${agent.name}: ${sentence} (${seconds()} s)`);
        print(indented(describe(error)));
        print(indented(program.logTail()));
        for (const complaint of model.errors) print(indented(`the scripted model: ${complaint}`));
        // Without a runtime there is nothing to check.
        if (passed === 0) break;
      }
    }
  } finally {
    program.dispose();
    process.off('exit', program.dispose);
    await model.close();
  }
  if (failed === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  else print(`     what ${agent.name} left is in ${folder}`);
  return { passed, failed };
};

const checks: readonly Check[] = [
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
      assert.is(row.agent, world.agent.name);
      assert.is(row.name, 'allowed');
      assert.is(row.failureReason, null);
      assert.is(row.activeRunId, null);
      checkEdited(world, row, 'allowed.txt');
      checkHistory(await historyOf(world, outcome.id), {
        runs: [{ outcome: 'completed', prompt }],
        said: [endings.edit('allowed.txt')],
      });
      world.kept.set('completed', outcome.id);
    },
  },
  {
    sentence: 'an edit that waits for a person lands only after `approve`',
    async body(world) {
      const { program } = world;
      const id = await begin(world, 'EDIT asked.txt', 'asked', 'ask');
      const waiting = await rowWhen(world, id, 'an approval waits', (row) => row.pendingApprovals === 1);
      assert.is(waiting.status, 'Running');
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
    async body(world) {
      const outcome = await world.program.outcome(...runArguments(world, 'EDIT refused.txt', 'refused', 'deny'));
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
      });
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
      });
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

type Policy = 'ask' | 'allow' | 'deny';

const runArguments = ({ agent, repository }: World, prompt: string, name: string, policy: Policy) =>
  ['run', prompt, '--repo', repository, '--agent', agent.name, '--name', name, '--approve', policy] as const;

/** Starts a session and gives its id, without waiting for its end. */
const begin = async (world: World, prompt: string, name: string, policy: Policy): Promise<string> => {
  const { id } = await world.program.json(contract.started, ...runArguments(world, prompt, name, policy));
  return id;
};

type SlowSession = { readonly id: string; readonly request: ModelRequest };

/** A session in the middle of a long answer, of which something is in the log already. */
const beginSlow = async (world: World, name: string): Promise<SlowSession> =>
  slowUnderWay(world, await begin(world, `SLOW ${name}`, name, 'ask'), name);

const slowUnderWay = async (world: World, id: string, word: string): Promise<SlowSession> => {
  const isOurs = ({ scenario, userText }: ModelRequest): boolean =>
    scenario === 'slow' && userText.trim() === `SLOW ${word}`;
  const what = `the model has begun to answer "SLOW ${word}"`;
  const request = await until(what, () => failEarly(world) ?? world.model.requests.find(isOurs), {
    timeLimitMs: stepTimeLimitMs,
    everyMs: 50,
  });
  await modelWhen(world, what, request, ({ pieces }) => pieces >= enoughPieces);
  await until('the log has words of it', async () => slowWordsIn(await historyOf(world, id)) > 0, {
    timeLimitMs: stepTimeLimitMs,
    everyMs: 200,
  });
  return { id, request };
};

/** A server that failed cannot be waited for. */
const failEarly = ({ model }: World): undefined => {
  if (model.errors[0] !== undefined) throw new Error(`the scripted model failed: ${model.errors[0]}`);
  return undefined;
};

const slowWordsIn = (events: readonly contract.Event[]): number =>
  events
    .filter(({ type }) => type === 'message')
    .reduce((sum, { payload }) => sum + (payload.text?.match(slowWordPattern)?.length ?? 0), 0);

const modelWhen = async (
  world: World,
  what: string,
  request: ModelRequest,
  condition: (request: ModelRequest) => boolean,
): Promise<void> => {
  await until(what, () => failEarly(world) ?? condition(request), { timeLimitMs: stepTimeLimitMs });
};

/** A session that others' trouble has not touched: Running, its model still talking, and its words still logged. */
const checkGoesOn = async (world: World, { id, request }: SlowSession): Promise<void> => {
  const [pieces, words] = [request.pieces, slowWordsIn(await historyOf(world, id))];
  await modelWhen(world, 'the sibling is told more', request, (now) => now.pieces > pieces + enoughPieces);
  await until('the log has more words of the sibling', async () => slowWordsIn(await historyOf(world, id)) > words, {
    timeLimitMs: stepTimeLimitMs,
    everyMs: 200,
  });
  const row = await rowOf(world, id);
  assert.equal([row.status, row.failureReason], ['Running', null], 'the sibling goes on');
};

const rowOf = async ({ program }: World, id: string): Promise<contract.Row> => {
  const { rows } = await program.json(contract.list, 'list');
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`list has no row ${id}`);
  return row;
};

const rowWhen = async (
  world: World,
  id: string,
  what: string,
  condition: (row: contract.Row) => boolean,
  timeLimitMs = stepTimeLimitMs,
): Promise<contract.Row> => {
  let last: contract.Row | undefined;
  try {
    return await until(
      what,
      async () => {
        last = await rowOf(world, id);
        return condition(last) ? last : undefined;
      },
      { timeLimitMs, everyMs: 200 },
    );
  } catch (cause) {
    throw new Error(`${describe(cause)}; the row is ${JSON.stringify(last)}`, { cause });
  }
};

const historyOf = ({ program }: World, id: string): Promise<contract.Event[]> =>
  program.lines(contract.event, 'history', id);

/** The process groups of a session's agent. */
const groupsOf = ({ program }: World, id: string): readonly number[] => {
  const groups = [...new Set(program.agents(id).map(({ group }) => group))];
  assert.ok(groups.length > 0, 'the agent is found by THROUGHLINE_RUN in its environment');
  assert.not.ok(groups.includes(0), 'it has a process group');
  return groups;
};

const succeed = async ({ program }: World, ...args: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await program.run(...args);
  assert.is(code, 0, `"${args.join(' ')}" exits with 0: ${stderr.trim() || stdout.trim()}`);
};

/** Removes a session, and so ends its idle agent: ten of them at once would need 7 GB. */
const remove = async (world: World, id: string): Promise<void> => {
  const worktree = worktreeOf(await rowOf(world, id));
  await succeed(world, 'remove', id, '--force');
  await until('the agent of the removed session has ended', () => world.program.agents(id).length === 0);
  assert.not.ok(existsSync(worktree), 'the worktree is gone with its session');
};

const interruptAndRemove = async (world: World, id: string): Promise<void> => {
  await succeed(world, 'interrupt', id);
  await rowWhen(world, id, 'it is interrupted', ({ status }) => status === 'Interrupted', interruptTimeLimitMs);
  await remove(world, id);
};

const worktreeOf = ({ id, worktree }: contract.Row): string => {
  if (worktree.path === null) throw new Error(`session ${id} has no worktree`);
  return worktree.path;
};

const checkEdited = (world: World, row: contract.Row, file: string): void => {
  const worktree = worktreeOf(row);
  assert.is(readFileSync(join(worktree, file), 'utf8'), editedContent(file));
  assert.is(git(worktree, 'status', '--porcelain'), `?? ${file}\n`, 'nothing else was changed');
  assert.is(git(worktree, 'branch', '--show-current').trim(), row.worktree.branch);
  checkUntouched(world);
};

const checkUntouched = ({ repository }: World): void => {
  assert.is(git(repository, 'status', '--porcelain'), '', 'the main checkout is untouched');
  assert.is(git(repository, 'branch', '--show-current').trim(), 'main');
};

const withinTime = async (sentence: string, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`"${sentence}" took longer than ${checkTimeLimitMs} ms`)),
      checkTimeLimitMs,
    );
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (!('actual' in error && 'expects' in error)) return error.message;
  // An assertion with a sentence of its own does not say what it found.
  return `${error.message}\nexpected ${shortJson(error.expects)}\nfound    ${shortJson(error.actual)}`;
};

const shortJson = (value: unknown): string => `${JSON.stringify(value)}`.slice(0, 1_000);

const indented = (text: string): string => text.replace(/^/gm, '     ');
