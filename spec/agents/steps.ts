/** What the checks do with a session, and what they see of it: begun, waited for, looked at, removed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { until } from '../support/until.ts';
import * as contract from './contract.ts';
import { describeError } from './describe-error.ts';
import type { RealAgent } from './known/real-agent.ts';
import type { ModelRequest, ModelServer } from './model-server.ts';
import type { Program } from './program.ts';
import { git } from './repository.ts';
import { editedContent, slowWordPattern } from './scenarios.ts';

export const stepTimeLimitMs = 90_000;
/** An interrupt has 10 s in all; the rest is for a slow machine. */
export const interruptTimeLimitMs = 20_000;
const enoughPieces = 10;

/** What every check works on: one runtime, one repository, one scripted model, for one real agent. */
export type World = {
  readonly agent: RealAgent;
  readonly program: Program;
  readonly model: ModelServer;
  readonly repository: string;
  /** Sessions that later checks look at again, by what they are there for. */
  readonly kept: Map<string, string>;
};

type Policy = 'ask' | 'allow' | 'deny';

export const runArguments = ({ agent, repository }: World, prompt: string, name: string, policy: Policy) =>
  ['run', prompt, '--repo', repository, '--agent', presetOf(agent), '--name', name, '--approve', policy] as const;

/** What `--agent` gets. */
export const presetOf = ({ preset, name }: RealAgent): string => preset ?? name;

/** Starts a session and gives its id, without waiting for its end. */
export const begin = async (world: World, prompt: string, name: string, policy: Policy): Promise<string> => {
  const { id } = await world.program.json(contract.started, ...runArguments(world, prompt, name, policy));
  return id;
};

type SlowSession = { readonly id: string; readonly request: ModelRequest };

/** A session in the middle of a long answer, of which something is in the log already. */
export const beginSlow = async (world: World, name: string): Promise<SlowSession> =>
  slowUnderWay(world, await begin(world, `SLOW ${name}`, name, 'ask'), name);

export const slowUnderWay = async (world: World, id: string, word: string): Promise<SlowSession> => {
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

export const modelWhen = async (
  world: World,
  what: string,
  request: ModelRequest,
  condition: (request: ModelRequest) => boolean,
): Promise<void> => {
  await until(what, () => failEarly(world) ?? condition(request), { timeLimitMs: stepTimeLimitMs });
};

/** A session that others' trouble has not touched: Running, its model still talking, and its words still logged. */
export const checkGoesOn = async (world: World, { id, request }: SlowSession): Promise<void> => {
  const [pieces, words] = [request.pieces, slowWordsIn(await historyOf(world, id))];
  await modelWhen(world, 'the sibling is told more', request, (now) => now.pieces > pieces + enoughPieces);
  await until('the log has more words of the sibling', async () => slowWordsIn(await historyOf(world, id)) > words, {
    timeLimitMs: stepTimeLimitMs,
    everyMs: 200,
  });
  const row = await rowOf(world, id);
  assert.equal([row.status, row.failureReason], ['Running', null], 'the sibling goes on');
};

/**
 * A conversation that was taken up, or handed on to a new one: what the person had said before is among what the model is
 * told since its request `first`.
 */
export const checkRemembers = ({ model }: World, first: number, prompt: string): void => {
  const since = model.requests.slice(first);
  assert.ok(
    since.some(({ said }) => said.split('\n').some((line) => line.includes(prompt) && !line.includes(`${prompt}-`))),
    `the model is told of "${prompt}" again; it was told of ${JSON.stringify(since.map(({ userText }) => userText))}`,
  );
};

export const rowOf = async ({ program }: World, id: string): Promise<contract.Row> => {
  const { rows } = await program.json(contract.list, 'list');
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`list has no row ${id}`);
  return row;
};

export const rowWhen = async (
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
    throw new Error(`${describeError(cause)}; the row is ${JSON.stringify(last)}`, { cause });
  }
};

export const historyOf = ({ program }: World, id: string): Promise<contract.Event[]> =>
  program.lines(contract.event, 'history', id);

/** The process groups of a session's agent. */
export const groupsOf = ({ program }: World, id: string): readonly number[] => {
  const groups = [...new Set(program.agents(id).map(({ group }) => group))];
  assert.ok(groups.length > 0, 'the agent is found by THROUGHLINE_RUN in its environment');
  assert.not.ok(groups.includes(0), 'it has a process group');
  return groups;
};

export const succeed = async ({ program }: World, ...args: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await program.run(...args);
  assert.is(code, 0, `"${args.join(' ')}" exits with 0: ${stderr.trim() || stdout.trim()}`);
};

/** Removes a session, and so ends its idle agent: ten of them at once would need 7 GB. */
export const remove = async (world: World, id: string): Promise<void> => {
  const worktree = worktreeOf(await rowOf(world, id));
  await succeed(world, 'remove', id, '--force');
  await until('the agent of the removed session has ended', () => world.program.agents(id).length === 0);
  assert.not.ok(existsSync(worktree), 'the worktree is gone with its session');
};

export const interruptAndRemove = async (world: World, id: string): Promise<void> => {
  await succeed(world, 'interrupt', id);
  await rowWhen(world, id, 'it is interrupted', ({ status }) => status === 'Interrupted', interruptTimeLimitMs);
  await remove(world, id);
};

export const worktreeOf = ({ id, worktree }: contract.Row): string => {
  if (worktree.path === null) throw new Error(`session ${id} has no worktree`);
  return worktree.path;
};

export const checkEdited = (world: World, row: contract.Row, file: string): void => {
  const worktree = worktreeOf(row);
  assert.is(readFileSync(join(worktree, file), 'utf8'), editedContent(file));
  assert.is(git(worktree, 'status', '--porcelain'), `?? ${file}\n`, 'nothing else was changed');
  assert.is(git(worktree, 'branch', '--show-current').trim(), row.worktree.branch);
  checkUntouched(world);
};

export const checkUntouched = ({ repository }: World): void => {
  assert.is(git(repository, 'status', '--porcelain'), '', 'the main checkout is untouched');
  assert.is(git(repository, 'branch', '--show-current').trim(), 'main');
};
