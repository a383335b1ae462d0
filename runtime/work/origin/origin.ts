/** Where the work of a session goes: pushed to a remote, made a pull request, and what comes back from there. */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { PullRequestAnswer } from '../../../actors/protocol/gateway/origin-routes.ts';
import type { SessionHandle } from '../../../actors/reader/session-queries.ts';
import { runGit } from '../../git/command/run-git.ts';
import { findRemote, type Remote } from '../../git/remotes/find-remote.ts';
import { pushBranch } from '../../git/remotes/push-branch.ts';
import { gitHubRepository } from '../../git/remotes/remote-address.ts';
import { inRepository, type Repository } from '../../git/repository.ts';
import type { Worktrees } from '../../git/worktrees.ts';
import type { Started } from '../../surface.ts';
import type { Readers } from '../../threads/readers.ts';
import { createOneAtATime } from '../../turns/one-at-a-time.ts';
import type { OriginCommands } from '../offered/origin-commands.ts';
import { draftPullRequest } from './draft-pull-request.ts';
import { feedbackPrompt } from './feedback-prompt.ts';
import { createPullRequests, type PullRequestPlace } from './pull-requests.ts';
import { stateOfPullRequest } from './read-pull-request.ts';
import { createGh } from './run-gh.ts';
import { branchOfSession, hasBranch, type SessionBranch } from './session-branch.ts';

export type OriginOptions = {
  readonly readers: Pick<Readers, 'handle' | 'work' | 'history' | 'find'>;
  readonly worktrees: Pick<Worktrees, 'changes'>;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly prompt: (id: SessionId, text: string) => Promise<Started>;
  /** Where `gh` is found, and what it gets. */
  readonly environment: NodeJS.ProcessEnv;
};

const maxFeedback = 100;
/** So many failed checks are told with the end of what they wrote. */
const maxOutputs = 5;
const maxCommits = 200;
/** How often a pull request is looked at in passing, at most. */
const passingMs = 60_000;

export type Origin = {
  readonly commands: Omit<OriginCommands, 'bisect' | 'cancelBisect'>;
  /**
   * Looks at a session's pull request where it has an open one, for its row; not when that was done in this way within
   * the last minute, and of all sessions at one at a time. Where it cannot be asked, what was known stays.
   */
  readonly refreshInPassing: (id: SessionId) => void;
  /** Ends every `gh` that is at work. */
  readonly stop: () => void;
};

export const createOrigin = (options: OriginOptions): Origin => {
  const { readers, record } = options;
  const stopping = new AbortController();
  const pullRequests = createPullRequests(createGh(options.environment, { signal: stopping.signal }));
  // What goes out of one session goes one by one; its runs do not wait for that.
  const inTurn = createOneAtATime();
  const inPassing = createOneAtATime();
  const passedAt = new Map<SessionId, number>();

  const now = () => toTimestamp(Date.now());

  const pushNow = async (id: SessionId, { repository, branch }: SessionBranch, remote: Remote) => {
    const pushed = await pushBranch({ repository, branch, remote });
    const before = (await readers.work(id)).pushed;
    const isNews = before?.commit !== pushed.commit || before.branch !== branch || before.remote !== pushed.remote;
    if (isNews) await record(id, fact('pushed', { remote: pushed.remote, branch, commit: pushed.commit }, now()));
    return pushed;
  };

  const branchToPush = async (id: SessionId, session: SessionHandle, landed: boolean): Promise<SessionBranch> => {
    if (!landed) return branchOfSession(session);
    const { landings } = await readers.work(id);
    const last = landings.findLast(({ state }) => state === 'landed');
    if (last === undefined) {
      throw new ThroughlineError('push.no_branch', 'the session has not landed on any branch', {
        hint: 'without --landed its own branch is pushed',
      });
    }
    return { ...(await branchOfSession(session)), branch: last.onto };
  };

  const uncommittedIn = async ({ state }: SessionHandle, repository: Repository): Promise<number> => {
    const { worktreePath: path, baseCommit } = state;
    if (path === null || baseCommit === null) return 0;
    const changes = await options.worktrees.changes({ repository, path, baseCommit }).catch(() => null);
    return changes?.uncommitted.length ?? 0;
  };

  const push: OriginCommands['push'] = (id, { remote: named, landed }) =>
    inTurn(id, async () => {
      const session = await readers.handle(id);
      const place = await branchToPush(id, session, landed);
      const remote = await findRemote(place.repository, place.branch, named);
      const pushed = await pushNow(id, place, remote);
      return { ...pushed, uncommitted: landed ? 0 : await uncommittedIn(session, place.repository) };
    });

  const placeOf = async (session: SessionHandle, named?: string) => {
    const own = await branchOfSession(session);
    const remote = await findRemote(own.repository, own.branch, named);
    const from = gitHubRepository(remote.address);
    if (from === null) {
      throw new ThroughlineError('pull_request.no_repository', `remote ${remote.name} is no repository on GitHub`, {
        hint: 'pull requests are made by gh, which knows GitHub alone; throughline push works everywhere',
      });
    }
    // A fork's remote has the branch; the request is made in the repository that it is a fork of.
    const upstream = await findRemote(own.repository, own.branch, 'upstream').catch(() => null);
    const into = (upstream === null ? null : gitHubRepository(upstream.address)) ?? from;
    const place: PullRequestPlace = {
      host: into.host,
      into: into.repository,
      from: from.host === into.host ? from.repository : into.repository,
      branch: own.branch,
    };
    return { own, remote, place };
  };

  const draftOf = async (id: SessionId, { state }: SessionHandle, { repository, branch }: SessionBranch) => {
    const base = state.base !== null && (await hasBranch(repository, state.base)) ? state.base : null;
    const excluded = [base, state.baseCommit].flatMap((each) => (each === null ? [] : [`^${each}`]));
    const listed = await runGit({
      ...inRepository(repository),
      arguments: [
        'log',
        '-z',
        '--reverse',
        '--no-merges',
        '--no-show-signature',
        `--max-count=${maxCommits}`,
        '--format=%s%x01%b',
        ...[`refs/heads/${branch}`, ...excluded],
        '--',
      ],
    });
    const commits = listed.split('\0').flatMap((entry) => {
      const [subject = '', body = ''] = entry.split('\u0001');
      return subject === '' ? [] : [{ subject, body }];
    });
    const words = draftPullRequest({ name: state.name, prompt: await firstPrompt(id), commits });
    return { ...words, base, head: branch };
  };

  const firstPrompt = async (id: SessionId): Promise<string> => {
    const place = await readers.find(id, { types: ['prompt'], from: null, direction: 'next' });
    if (place === null) return '';
    const { events } = await readers.history(id, { run: place.run, seq: place.seq - 1 }, 1);
    const payload: unknown = events[0]?.payload;
    const told = typeof payload === 'object' && payload !== null && 'text' in payload ? payload.text : '';
    return typeof told === 'string' ? told : '';
  };

  /** Asks for its state, and says in the log what is new of it. */
  const find = async (id: SessionId, place: PullRequestPlace) => {
    const before = (await readers.work(id)).pullRequest;
    const listed = await pullRequests.find(place, before?.number ?? null);
    const pullRequest = listed === null ? null : stateOfPullRequest(listed);
    if (pullRequest !== null && JSON.stringify(pullRequest) !== JSON.stringify(before)) {
      await record(id, fact('pull_request', pullRequest, now()));
    }
    return { listed, pullRequest };
  };

  const refresh = async (id: SessionId): Promise<void> => {
    const state = (await readers.work(id)).pullRequest?.state;
    if (stopping.signal.aborted || (state !== 'open' && state !== 'draft')) return;
    if (Date.now() - (passedAt.get(id) ?? 0) < passingMs) return;
    passedAt.set(id, Date.now());
    await inTurn(id, async () => find(id, (await placeOf(await readers.handle(id))).place));
  };

  const look = async (id: SessionId, session: SessionHandle, named?: string) => {
    const { own, place } = await placeOf(session, named);
    const { listed, pullRequest } = await find(id, place);
    const all = listed === null ? [] : await pullRequests.feedback(place, listed);
    const answer: PullRequestAnswer = {
      repository: `${place.host}/${place.into}`,
      pullRequest,
      draft: await draftOf(id, session, own),
      feedback: all.slice(0, maxFeedback),
      feedbackLeftOut: Math.max(0, all.length - maxFeedback),
    };
    return { place, answer };
  };

  const sendPullRequest: OriginCommands['sendPullRequest'] = async (id, chosen) => {
    const { place, answer } = await look(id, await readers.handle(id));
    const toSend = answer.feedback.filter((each) => chosen === null || chosen.includes(each.id));
    const unknown = chosen?.find((each) => !answer.feedback.some((one) => one.id === each));
    if (toSend.length === 0 || unknown !== undefined) {
      const what = unknown === undefined ? '' : ` called ${unknown.slice(0, 100)}`;
      throw new ThroughlineError('pull_request.not_found', `the pull request says nothing${what} that could be sent`, {
        hint: 'no check of it has failed, and no reviewer has said anything that is not resolved',
      });
    }
    const failed = toSend.filter(({ kind }) => kind === 'check').slice(0, maxOutputs);
    const outputs = await Promise.all(
      failed.map(async (each) => [each.id, await pullRequests.outputOf(place, each)] as const),
    );
    const said = new Map(outputs.filter(([, output]) => output !== ''));
    const { run } = await options.prompt(id, feedbackPrompt(toSend, said));
    return { run, feedback: toSend.length };
  };

  const commands: Origin['commands'] = {
    push,
    pullRequest: (id) => inTurn(id, async () => (await look(id, await readers.handle(id))).answer),
    openPullRequest: (id, { remote: named, title, body, draft }) =>
      inTurn(id, async () => {
        const session = await readers.handle(id);
        const { own, remote, place } = await placeOf(session, named);
        const before = await look(id, session, named);
        await pushNow(id, own, remote);
        const standing = before.answer.pullRequest?.state;
        if (standing === 'open' || standing === 'draft') return (await look(id, session, named)).answer;
        const drafted = before.answer.draft;
        await pullRequests.create(place, {
          title: title ?? drafted.title,
          body: body ?? drafted.body,
          base: drafted.base,
          draft,
        });
        return (await look(id, session, named)).answer;
      }),
    sendPullRequest,
  };

  return {
    commands,
    refreshInPassing: (id) => {
      // Nobody asked, so nobody is told.
      inPassing('all', () => refresh(id)).catch(() => {});
    },
    stop: () => stopping.abort(),
  };
};
