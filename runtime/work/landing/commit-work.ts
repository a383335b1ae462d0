/**
 * All that a session's worktree holds becomes a commit on its own branch. It is made beside the branch; then the log says
 * that the branch is moved to it, then it is, by one compare-and-swap, then the worktree's index follows.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asThroughlineError, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { CommitAnswer, CommitHooks, CommitRequest } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { SessionHandle } from '../../../actors/reader/session-queries.ts';
import { agentEnvironment } from '../../agents/agent-environment.ts';
import type { DataDirectory } from '../../data/data-directory.ts';
import { gitFailure, runGit, tryGit } from '../../git/command/run-git.ts';
import { unfinishedIn } from '../../git/landing/checkouts.ts';
import { type Hooks, hooksOf } from '../../git/landing/commit-hooks.ts';
import { makeCommit, type Person, personOf } from '../../git/landing/person.ts';
import { withTrailers } from '../../git/landing/trailers.ts';
import { inWorktree, type OpenWorktree, openWorktree } from '../../git/open-worktree.ts';
import type { Repository } from '../../git/repository.ts';
import { treeTotals } from '../../git/snapshots/tree-changes.ts';
import { type DraftReaders, draftOf, trailersOf } from './draft.ts';
import { agreeToHooks, hooksAreAgreed } from './hook-agreements.ts';
import { changesToCommit, type OpenSession, repositoryOf, subjectOf, treeOf } from './landing-session.ts';
import { runHook } from './run-hooks.ts';

export type CommitOptions = OpenSession & {
  readonly readers: OpenSession['readers'] & DraftReaders;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly directory: Pick<DataDirectory, 'root'>;
  /** Variables of the runtime that hooks get as agents do. */
  readonly passEnvironment: readonly string[];
};

const now = () => toTimestamp(Date.now());
const emptyTree = (like: string): string =>
  like.length === 64
    ? '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'
    : '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Commits it; see `LandingCommands.commit` for what it raises. */
export const commitWork = async (
  options: CommitOptions,
  id: SessionId,
  request: CommitRequest,
): Promise<CommitAnswer> => {
  const { readers, record, take, mark, directory } = options;
  const session = await readers.handle(id);
  const repository = await repositoryOf(session, mark);
  const worktree = await openWorktree({ repository, path: session.state.worktreePath ?? '' });
  await refuseUnfinished(worktree);
  // Asked before anything is done: without a name nothing can be.
  const person = await personOf(repository);
  const taken = await take(id, 'before_commit', null);
  const { head, branch } = taken;
  const from = head === null ? emptyTree(taken.tree) : await treeOf(repository, head);
  if (from === taken.tree) {
    throw new ThroughlineError(
      'commit.nothing',
      'there is nothing to commit: the branch has all that the worktree holds',
      {
        hint: 'to bring it to its base: throughline land',
      },
    );
  }
  const changes = head === null ? [] : await changesToCommit({ repository, taken, head });
  const hooks = await hooksOf(worktree);
  const isAgreed = hooks !== null && mayRun(directory, repository, hooks, request.hooks);
  const drafted =
    request.message ??
    (await draftOf(
      readers,
      session,
      changes.map(({ path }) => path),
    ));
  const message = withTrailers(drafted, trailersOf(session, request.nameAgent));
  const made =
    hooks !== null && isAgreed
      ? await throughHooks({
          worktree,
          hooks,
          person,
          tree: taken.tree,
          message,
          passEnvironment: options.passEnvironment,
        })
      : { tree: taken.tree, message, output: '' };
  const commit = await makeCommit(repository, person, {
    tree: made.tree,
    parents: head === null ? [] : [head],
    message: made.message,
  });
  const ref = branch === null ? 'HEAD' : `refs/heads/${branch}`;
  const ran = hooks === null ? 'none' : isAgreed ? 'ran' : 'not_agreed';
  const signed = person.signing !== null;
  await record(id, fact('commit_begun', { ref, old: head, commit, hooks: ran, signed }, now()));
  await moveHead(worktree, { ref, from: head, to: commit }).catch(async (thrown) => {
    await record(id, fact('commit_abandoned', { commit, message: asThroughlineError(thrown).message }, now()));
    throw thrown;
  });
  await followWithIndex(worktree, commit);
  const subject = await subjectOf(repository, commit);
  const totals = await treeTotals({ repository, from, to: made.tree });
  await record(id, fact('committed', { commit, branch, subject, files: totals.files, hooks: ran, signed }, now()));
  const after =
    hooks !== null && isAgreed && hooks.names.includes('post-commit')
      ? await runHook(hookCall(worktree, hooks, 'post-commit', [], person, options.passEnvironment, null))
      : null;
  return { commit, branch, subject, ...totals, signed, hooks: ran, output: made.output + (after?.output ?? '') };
};

/** What of a commit was begun and not ended, when the program was: looked at, and ended one way or the other. */
export const finishCommit = async (
  { record, mark }: Pick<CommitOptions, 'record' | 'mark'>,
  session: SessionHandle,
  begun: NonNullable<SessionWork['commitBegun']>,
): Promise<void> => {
  const { id } = session;
  const { ref, old, commit } = begun;
  const repository = await repositoryOf(session, mark);
  const worktree = await openWorktree({ repository, path: session.state.worktreePath ?? '' });
  const at = await commitOfRef(worktree, ref);
  if (at !== commit) {
    const message =
      at === old ? 'the program ended before the branch was moved' : `the branch stands at ${at ?? 'nothing'}`;
    await record(id, fact('commit_abandoned', { commit, message }, now()));
    return;
  }
  await followWithIndex(worktree, commit);
  const from = old === null ? emptyTree(commit) : old;
  const { files } = await treeTotals({ repository, from, to: commit });
  const branch = ref === 'HEAD' ? null : ref.slice('refs/heads/'.length);
  const told = { hooks: begun.hooks ?? 'none', signed: begun.signed ?? false };
  await record(
    id,
    fact('committed', { commit, branch, subject: await subjectOf(repository, commit), files, ...told }, now()),
  );
};

/** The hooks of a session's commit, and whether they were agreed to; null: there are none. */
export const hooksToShow = async (
  directory: Pick<DataDirectory, 'root'>,
  repository: Repository,
  worktree: OpenWorktree,
): Promise<CommitHooks | null> => {
  const hooks = await hooksOf(worktree);
  if (hooks === null) return null;
  const agreed = hooksAreAgreed(directory, repository.commonDirectory, hooks.hash);
  return { names: [...hooks.names], folder: hooks.folder, hash: hooks.hash, agreed };
};

/** Whether they may run. Raises `commit.refused` when they are not what was looked at. */
const mayRun = (
  directory: Pick<DataDirectory, 'root'>,
  { commonDirectory }: Repository,
  hooks: Hooks,
  asked: CommitRequest['hooks'],
): boolean => {
  if (asked === null) return false;
  if (asked === 'agreed') return hooksAreAgreed(directory, commonDirectory, hooks.hash);
  if (asked !== hooks.hash) {
    throw new ThroughlineError(
      'commit.refused',
      'the commit hooks are not those that were agreed to: they have changed',
      {
        hint: `look at them again, in ${hooks.folder}`,
      },
    );
  }
  agreeToHooks(directory, commonDirectory, hooks.hash);
  return true;
};

/** Raises `commit.refused` while a merge or the like is unfinished: its files may hold both sides. */
export const refuseUnfinished = async (worktree: OpenWorktree): Promise<void> => {
  const what = await unfinishedIn(worktree.gitDirectory);
  if (what === null || what === 'bisect') return;
  throw new ThroughlineError('commit.refused', `a ${what} is unfinished in the worktree`, {
    hint: `finish it there with git ${what} --continue, or leave it with --abort; or let its agent do that`,
  });
};

const commitOfRef = async (worktree: OpenWorktree, ref: string): Promise<string | null> => {
  const call = { ...inWorktree(worktree), arguments: ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`] };
  const found = await tryGit(call);
  return found.exitCode === 0 ? found.stdout.trim() : null;
};

/** Moves what is checked out in the worktree, by one compare-and-swap. Raises `landing.moved`. */
const moveHead = async (
  worktree: OpenWorktree,
  { ref, from, to }: { readonly ref: string; readonly from: string | null; readonly to: string },
): Promise<void> => {
  const call = {
    ...inWorktree(worktree),
    arguments: ['update-ref', '-m', 'commit (throughline)', '--no-deref', '--', ref, to, from ?? ''],
  };
  const moved = await tryGit(call);
  if (moved.exitCode === 0 || (await commitOfRef(worktree, ref)) === to) return;
  if ((await commitOfRef(worktree, ref)) === from) throw gitFailure(call, moved);
  throw new ThroughlineError(
    'landing.moved',
    `${ref.replace('refs/heads/', '')} was moved meanwhile: nothing was committed`,
    {
      hint: 'try again',
    },
  );
};

/** What was staged is in the commit: so the index is that of the commit. */
const followWithIndex = async (worktree: OpenWorktree, commit: string): Promise<void> => {
  await runGit({ ...inWorktree(worktree), arguments: ['read-tree', '--reset', commit] });
  await tryGit({ ...inWorktree(worktree), arguments: ['update-index', '-q', '--refresh'] });
};

type Through = {
  readonly worktree: OpenWorktree;
  readonly hooks: Hooks;
  readonly person: Person;
  readonly tree: string;
  readonly message: string;
  readonly passEnvironment: readonly string[];
};

/** Runs the hooks before a commit with an index of their own; what they stage is in it. Raises `commit.refused`. */
const throughHooks = async (
  through: Through,
): Promise<Pick<Through, 'tree' | 'message'> & { readonly output: string }> => {
  const { worktree, hooks, person, passEnvironment } = through;
  const folder = await mkdtemp(join(tmpdir(), 'throughline-commit-'));
  try {
    const index = join(folder, 'index');
    const messageFile = join(folder, 'COMMIT_EDITMSG');
    const { cwd, environment } = inWorktree(worktree);
    const own = { cwd, environment: { ...environment, GIT_INDEX_FILE: index } };
    await runGit({ ...own, arguments: ['read-tree', through.tree] });
    await tryGit({ ...own, arguments: ['update-index', '-q', '--refresh'] });
    await writeFile(messageFile, through.message);
    let output = '';
    for (const name of hooks.names) {
      if (name === 'post-commit') continue;
      const given = name === 'pre-commit' ? [] : name === 'commit-msg' ? [messageFile] : [messageFile, 'message'];
      const ended = await runHook(hookCall(worktree, hooks, name, given, person, passEnvironment, index));
      output += ended.output;
      if (ended.passed) continue;
      const last = ended.output.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
      throw new ThroughlineError(
        'commit.refused',
        `the hook ${name} refused the commit${last === '' ? '' : `: ${last}`}`,
        {
          hint: 'mend what it says; or commit without hooks',
          details: { output: ended.output },
        },
      );
    }
    const tree = (await runGit({ ...own, arguments: ['write-tree'] })).trim();
    const message = (await readFile(messageFile, 'utf8')).trim();
    if (message === '') throw new ThroughlineError('commit.refused', 'a hook left the message empty');
    return { tree, message: `${message}\n`, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** As git calls it: in the top folder of the worktree, with the index that is being committed. */
const hookCall = (
  worktree: OpenWorktree,
  hooks: Hooks,
  name: string,
  given: readonly string[],
  person: Person,
  passEnvironment: readonly string[],
  index: string | null,
): Parameters<typeof runHook>[0] => ({
  folder: hooks.folder,
  name,
  arguments: given,
  cwd: worktree.path,
  environment: {
    ...agentEnvironment(process.env, passEnvironment),
    ...person.environment,
    GIT_DIR: worktree.gitDirectory,
    GIT_EDITOR: ':',
    GIT_TERMINAL_PROMPT: '0',
    ...(index === null ? {} : { GIT_INDEX_FILE: index }),
  },
});
