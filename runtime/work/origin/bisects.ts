/**
 * The first turn after which a command fails, found by halving over a session's snapshots. It is tried in a folder of our
 * own with a git folder of its own, so nothing of the person's or the agent's changes, and a kill leaves a folder only.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nextTry, type TryOutcome } from '../../../actors/model/work/next-try.ts';
import { asThroughlineError, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact, type Payload } from '../../../actors/protocol/facts/events.ts';
import { type SessionId, toSessionId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { Snapshot } from '../../../actors/protocol/gateway/work.ts';
import { agentEnvironment } from '../../agents/agent-environment.ts';
import { makeBorrowedFolder } from '../../git/borrowed-folder.ts';
import { runGit } from '../../git/command/run-git.ts';
import { inspectRepository, type Repository } from '../../git/repository.ts';
import type { Readers } from '../../threads/readers.ts';
import { type CommandEnd, runCommand } from '../commands/run-command.ts';
import type { OriginCommands } from '../offered/origin-commands.ts';
import { placesOf } from './session-chain.ts';

export type BisectsOptions = {
  readonly readers: Pick<Readers, 'handle' | 'work'>;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  /** Where the folders are made that commands are tried in. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly passEnvironment: readonly string[];
  /** The mark of a session's commands, by which whatever they leave running is found. */
  readonly markOf: (id: SessionId) => string;
  readonly endMarked: (mark: string) => Promise<void>;
};

export type Bisects = Pick<OriginCommands, 'bisect' | 'cancelBisect'> & {
  /** Clears what a killed runtime left, and says of it that it is lost. Its processes are gone by then. */
  readonly settleLost: () => Promise<void>;
  /** Cancels all of them, or those of a session, and resolves when they are gone. */
  readonly close: (id?: SessionId) => Promise<void>;
};

type Ended = Payload<'bisect_ended'>;

const maxOutputBytes = 64 * 1024;
const nobody = { snapshot: null, before: null, run: null, position: null, message: null };
const now = () => toTimestamp(Date.now());

export const createBisects = (options: BisectsOptions): Bisects => {
  const { readers, record } = options;
  const underWay = new Map<SessionId, { readonly stop: AbortController; ended: Promise<unknown> }>();
  const folderOf = (id: SessionId): string => join(options.folder, id);

  const bisect: Bisects['bisect'] = async (id, { command, timeoutMs }) => {
    if (underWay.has(id)) {
      throw new ThroughlineError('session.busy', 'a bisect of this session is under way', { hint: 'cancel it first' });
    }
    const stop = new AbortController();
    const its = { stop, ended: Promise.resolve<unknown>(undefined) };
    underWay.set(id, its);
    try {
      const { state } = await readers.handle(id);
      const { snapshots } = await readers.work(id);
      const repository = await inspectRepository(state.repository);
      // What is the same as before has its answer already.
      const distinct = snapshots.filter(({ tree }, index) => tree !== snapshots[index - 1]?.tree);
      if (distinct.length < 2) {
        throw new ThroughlineError('bisect.no_answer', 'the session has fewer than two snapshots that differ', {
          hint: 'there is one at the start and the end of each run in a worktree',
        });
      }
      const line = command.length === 1 ? (command[0] ?? '') : command.map(quoted).join(' ');
      // There before the fact: by it a start finds what was under way.
      await rm(folderOf(id), { recursive: true, force: true });
      await mkdir(folderOf(id), { recursive: true });
      const numbers = distinct.map(({ snapshot }) => snapshot);
      await record(id, fact('bisect_begun', { command: line, snapshots: numbers }, now()));
      const search = { id, repository, snapshots, distinct, line, timeoutMs, signal: stop.signal };
      its.ended = carryOut(search).finally(() => underWay.delete(id));
      its.ended.catch(() => {});
      return { snapshots: numbers };
    } catch (thrown) {
      underWay.delete(id);
      throw thrown;
    }
  };

  type Search = {
    readonly id: SessionId;
    readonly repository: Repository;
    readonly snapshots: readonly Snapshot[];
    readonly distinct: readonly Snapshot[];
    readonly line: string;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  };

  const carryOut = async (search: Search): Promise<void> => {
    const { id, signal } = search;
    const ended = await halve(search).catch(
      (thrown): Ended => ({
        ...nobody,
        outcome: signal.aborted ? 'cancelled' : 'failed',
        message: signal.aborted ? null : asThroughlineError(thrown).message,
      }),
    );
    await rm(folderOf(id), { recursive: true, force: true }).catch(() => {});
    await record(id, fact('bisect_ended', ended, now()));
  };

  const halve = async (search: Search): Promise<Ended> => {
    const { id, repository, distinct, snapshots } = search;
    const outcomes: (TryOutcome | null)[] = distinct.map(() => null);
    const files = join(folderOf(id), 'files');
    const [first] = distinct;
    const gitFolder = { path: join(files, '.git'), isBare: false };
    await makeBorrowedFolder(repository, { commit: first?.head ?? repository.headCommit }, gitFolder);
    for (;;) {
      const next = nextTry(outcomes);
      if (next.kind !== 'try') {
        if (next.kind === 'unclear' || next.kind === 'never_fails') return { ...nobody, outcome: next.kind };
        const failing = distinct[next.first];
        const found = placesOf(id, snapshots).find(({ snapshot }) => snapshot.snapshot === failing?.snapshot);
        return {
          outcome: next.kind,
          snapshot: failing?.snapshot ?? null,
          before: next.kind === 'found' ? (distinct[next.before]?.snapshot ?? null) : null,
          run: found?.place.run ?? null,
          position: failing?.position ?? null,
          message: null,
        };
      }
      const snapshot = distinct[next.index];
      if (snapshot === undefined) return { ...nobody, outcome: 'unclear' };
      await checkOut(files, snapshot);
      if (search.signal.aborted) return { ...nobody, outcome: 'cancelled' };
      const begunAt = Date.now();
      const end = await runCommand({
        command: search.line,
        folder: files,
        environment: agentEnvironment(options.environment, options.passEnvironment),
        mark: options.markOf(id),
        timeoutMs: search.timeoutMs,
        maxOutputBytes,
        signal: search.signal,
        onOutput: () => {},
        endMarked: options.endMarked,
      });
      if (end.outcome === 'cancelled') return { ...nobody, outcome: 'cancelled' };
      const outcome = outcomeOf(end);
      outcomes[next.index] = outcome;
      const tried = { snapshot: snapshot.snapshot, outcome, exitCode: end.exitCode, output: end.output };
      await record(id, fact('bisect_tried', { ...tried, tookMs: Date.now() - begunAt }, now()));
    }
  };

  return {
    bisect,
    cancelBisect: async (id) => {
      const its = underWay.get(id);
      if (its === undefined)
        throw new ThroughlineError('session.not_running', 'no bisect of this session is under way');
      its.stop.abort();
      await its.ended.catch(() => {});
    },
    settleLost: async () => {
      for (const name of await readdir(options.folder).catch((): string[] => [])) {
        const id = toSessionId(name);
        if (underWay.has(id)) continue;
        const bisect = await readers.work(id).then(
          (work) => work.bisect,
          () => null,
        );
        if (bisect !== null && bisect.ended === null) {
          await record(id, fact('bisect_ended', { ...nobody, outcome: 'lost' }, now()));
        }
        await rm(folderOf(id), { recursive: true, force: true });
      }
    },
    close: async (id) => {
      const ending = [...underWay].filter(([session]) => id === undefined || session === id);
      for (const [, { stop }] of ending) stop.abort();
      await Promise.all(ending.map(([, { ended }]) => ended.catch(() => {})));
    },
  };
};

/** By the exit code, as `git bisect run` has it; what took too long or was killed tells nothing. */
const outcomeOf = ({ outcome, exitCode }: CommandEnd): TryOutcome => {
  if (exitCode === 126 || exitCode === 127) {
    throw new ThroughlineError('bisect.no_answer', `the command could not be run (exit code ${exitCode})`);
  }
  if (outcome === 'timed_out' || exitCode === null || exitCode === 125) return 'cannot_tell';
  return exitCode === 0 ? 'passes' : 'fails';
};

/** The files of the snapshot; of what was tried before only what git ignores stays. */
const checkOut = async (files: string, { tree, head }: Snapshot): Promise<void> => {
  const gitFolder = join(files, '.git');
  const call = { cwd: files, environment: { GIT_DIR: gitFolder, GIT_WORK_TREE: files }, timeLimitMs: 10 * 60_000 };
  if (head !== null) await writeFile(join(gitFolder, 'HEAD'), `${head}\n`);
  await runGit({ ...call, arguments: ['read-tree', '--reset', '-u', tree] });
  await runGit({ ...call, arguments: ['clean', '-ffdq'] });
};

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
