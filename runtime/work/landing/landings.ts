/** Commits and landings of all sessions: what people ask for, the queue, and what an earlier life of the runtime left. */
import { v7 as uuid } from 'uuid';
import { asThroughlineError, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact } from '../../../actors/protocol/facts/events.ts';
import { type LandingId, type SessionId, toLandingId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { LandingWay } from '../../../actors/protocol/facts/work-events.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { LandingRequest, QueuedLanding } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { Landing, SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { SessionHandle } from '../../../actors/reader/session-queries.ts';
import type { Log } from '../../data/log.ts';
import { tryGit } from '../../git/command/run-git.ts';
import { lookAtCheckout } from '../../git/landing/follow-checkout.ts';
import { commitAt } from '../../git/landing/move-branch.ts';
import { inRepository, type Repository } from '../../git/repository.ts';
import type { LandingCommands, LandingQueries } from '../offered/landing-commands.ts';
import type { PutTree } from './check-on-top.ts';
import { type CommitOptions, commitWork, finishCommit } from './commit-work.ts';
import type { OtherWork } from './foresee.ts';
import { forget, type LandOptions, landSession } from './land-session.ts';
import { createLandingQueue, type QueueEntry } from './landing-queue.ts';
import { branchToLandOn, landedBefore, landingAgain, repositoryOf } from './landing-session.ts';
import { type LandingWishes, type PreviewOptions, planLandings, previewLanding } from './preview-landing.ts';
import { settleLanding, settleUndo } from './settle-move.ts';
import { undoLanding } from './undo-landing.ts';

export type LandingsOptions = CommitOptions &
  Omit<LandOptions, 'sessionAt'> & {
    readonly readers: CommitOptions['readers'] & {
      readonly dashboard: () => Promise<{ readonly rows: readonly DashboardRow[] }>;
    };
    readonly isLive: (id: SessionId) => boolean;
    /** Raises `session.busy` while a run is under way, for its agent and in the log. */
    readonly refuseLive: (session: SessionHandle) => void;
    /** Two of these never overlap on one session. Raises `session.busy`. */
    readonly lifecycle: <Value>(id: SessionId, name: string, body: () => Promise<Value>) => Promise<Value>;
    /** Gives a session its next prompt. */
    readonly prompt: (id: SessionId, text: string) => Promise<unknown>;
    /** Puts the files of a session to a tree; `to` is the snapshot that this is. */
    readonly putTree: PutTree;
    /** Resolves when nothing that was cut short is left to be finished. */
    readonly mayBegin: () => Promise<void>;
    /** What counts of a repository's own setup, if anything does. */
    readonly setupFor: (repository: Repository) => Promise<{
      readonly landing: { readonly how?: LandingWay | undefined; readonly branch?: string | undefined };
    } | null>;
    readonly log: Log;
    readonly againMs?: number;
  };

export type Landings = LandingCommands &
  LandingQueries & {
    /** Ends what was begun and goes on with what was queued, when nothing of an earlier runtime lives any more. */
    readonly begin: () => Promise<void>;
    /** Lets go of what is kept to be landed of a session that is being removed. */
    readonly leave: (session: SessionHandle) => Promise<void>;
    readonly stop: () => Promise<void>;
  };

const now = () => toTimestamp(Date.now());
const maxCompared = 50;
const hasEnded = ({ state }: Pick<Landing, 'state'>): boolean =>
  state === 'landed' || state === 'returned' || state === 'withdrawn' || state === 'undone';
/** Whether it goes on by itself. */
const goesOn = (landing: Landing): boolean =>
  !hasEnded(landing) && (landing.state !== 'held' || landing.waits === true);

export const createLandings = (options: LandingsOptions): Landings => {
  const { readers, record, lifecycle, isLive, log, mark } = options;

  const rows = async (): Promise<readonly DashboardRow[]> => (await readers.dashboard()).rows;

  /** Whose worktree a folder is, as the rows have it at the moment. */
  const sessionsAt = async (): Promise<LandOptions['sessionAt']> => {
    const byPath = new Map((await rows()).map(({ id, name, worktree }) => [worktree.path ?? '', { id, name }]));
    return (path) => byPath.get(path) ?? null;
  };

  /** As it was to land before, where it was given back; else as the repository wants it. */
  const wishes = async (repository: Repository, work: SessionWork): Promise<LandingWishes> => {
    const again = landingAgain(work);
    if (again !== null) return { how: again.way, onto: again.onto };
    const setup = await options.setupFor(repository).catch(() => null);
    return { how: setup?.landing.how ?? null, onto: setup?.landing.branch ?? null };
  };

  const preview = async (): Promise<PreviewOptions> => ({ ...options, others, wishes, sessionAt: await sessionsAt() });

  const others = async ({ id, state }: SessionHandle, onto: string): Promise<readonly OtherWork[]> => {
    const found: OtherWork[] = [];
    for (const row of await rows()) {
      if (row.id === id || row.repository !== state.repository || row.worktree.base !== onto) continue;
      if (found.length >= maxCompared) break;
      const work = await readers.work(row.id);
      const last = work.snapshots.at(-1);
      if (last === undefined || last.head === null) continue;
      found.push({
        id: row.id,
        name: row.name,
        head: last.head,
        tree: last.tree,
        landedBefore: landedBefore(work, onto),
      });
    }
    return found;
  };

  const landingOf = async (id: SessionId, landingId: LandingId): Promise<Landing> => {
    const found = (await readers.work(id)).landings.find((landing) => landing.landingId === landingId);
    if (found !== undefined) return found;
    throw new ThroughlineError('landing.not_found', 'there is no such landing of this session');
  };

  const carryOut = async ({ id, landingId }: QueueEntry, signal: AbortSignal): Promise<'ended' | 'later'> => {
    const landing = await landingOf(id, landingId).catch(() => null);
    if (landing === null || !goesOn(landing)) return 'ended';
    if (landing.begun !== null) {
      const settled = await settleBegun(id, landing, landing.begun).catch(() => null);
      if (settled === null) return 'later';
      if (settled === 'landed') return 'ended';
      if (settled === 'held') return landing.waits === true ? 'later' : 'ended';
    }
    if (isLive(id)) {
      if (landing.state !== 'waiting') {
        const words = 'its agent is at work';
        await record(id, fact('landing_stepped', { landingId, step: 'waiting', words }, now()));
      }
      return 'later';
    }
    if (landing.state === 'held' && !(await letsNow(id, landing))) return 'later';
    const sessionAt = await sessionsAt();
    const end = await lifecycle(id, 'landing', () => landSession({ ...options, sessionAt }, id, landing, signal)).catch(
      (thrown) => {
        // Another command of the session is under way.
        if (asThroughlineError(thrown).code === 'session.busy') return null;
        throw thrown;
      },
    );
    if (end === null || end.kind === 'unsettled') return 'later';
    if (end.kind === 'held' && landing.waits === true) return 'later';
    if (end.kind === 'returned' && end.task !== null) {
      const { task } = end;
      await options
        .prompt(id, task)
        .catch((error) =>
          log.warn('a task could not be given to its session', { session: id, error: asThroughlineError(error) }),
        );
    }
    return 'ended';
  };

  /** Whether what held it is out of the way; nothing is written down for a look. */
  const letsNow = async (id: SessionId, { held, onto }: Landing): Promise<boolean> => {
    if (held === null || held.commit === null) return true;
    const repository = await repositoryOf(await readers.handle(id), mark);
    const tip = await commitAt(repository, `refs/heads/${onto}`);
    if (tip === null) return true;
    const { kind } = await lookAtCheckout({ repository, branch: onto, from: tip, to: held.commit });
    return kind === 'none' || kind === 'follows';
  };

  const queue = createLandingQueue({ carryOut, log, againMs: options.againMs ?? 3_000 });

  const land: Landings['land'] = async (asked) => {
    await options.mayBegin();
    const sessions = [...new Set(asked.sessions)];
    if (asked.dryRun) {
      return { landings: [], plan: [...(await planLandings(await preview(), { ...asked, sessions }))] };
    }
    const entries: (Pick<Landing, 'onto' | 'way' | 'message'> & { id: SessionId; repository: Repository })[] = [];
    for (const id of sessions) {
      const session = await readers.handle(id);
      const repository = await repositoryOf(session, mark);
      const work = await readers.work(id);
      const wished = await wishes(repository, work);
      const { onto } = await branchToLandOn(repository, session, asked.onto ?? wished.onto ?? undefined);
      const before = work.landings.find((landing) => goesOn(landing));
      if (before !== undefined && isQueued(toLandingId(before.landingId)) && before.state !== 'held') {
        throw new ThroughlineError('landing.refused', `${session.state.name} is on its way to ${before.onto} already`, {
          hint: 'watch it: throughline land --watch',
        });
      }
      const message = asked.messages?.[id] ?? landingAgain(work)?.message ?? null;
      entries.push({ id, onto, way: asked.how ?? wished.how ?? 'squash', message, repository });
    }
    const landings: { session: SessionId; landingId: LandingId }[] = [];
    for (const { id, repository, ...how } of entries) {
      await withdrawHeld(id, repository);
      const landingId = toLandingId(uuid());
      await record(id, fact('landing_queued', { landingId, ...how, ...queuedOf(asked) }, now()));
      landings.push({ session: id, landingId });
      queue.put(entryOf(id, await landingOf(id, landingId), repository));
    }
    return { landings, plan: [] };
  };

  /** Whether it waits here, or is under way. */
  const isQueued = (landingId: LandingId): boolean => queue.find(landingId) !== undefined || queue.isRunning(landingId);

  /** Takes one out of the queue while its place is decided and written down. */
  const arrange = async (
    { id, landingId }: QueueEntry,
    decide: (entry: QueueEntry) => Promise<Pick<QueueEntry, 'place' | 'paused'> & { readonly words: string }>,
  ): Promise<void> => {
    const entry = queue.find(landingId);
    if (entry === undefined) return;
    queue.remove(landingId);
    let arranged = entry;
    try {
      const { place, paused, words } = await decide(entry);
      await record(id, fact('landing_arranged', { landingId, place, paused, words }, now()));
      arranged = { ...entry, place, paused };
    } finally {
      queue.put(arranged);
    }
  };

  const arrangeLanding: Landings['arrangeLanding'] = async (id, landingId, { before, paused }) => {
    await options.mayBegin();
    const landing = await landingOf(id, landingId);
    const found = queue.find(landingId);
    if (found === undefined) {
      throw new ThroughlineError('landing.refused', `it does not wait for its turn: it is ${landing.state}`, {
        hint: 'see what does: throughline land --queue',
      });
    }
    await arrange(found, async (entry) => {
      const others = queue.inLine(entry.line);
      const next = before === undefined || before === null ? undefined : queue.find(before);
      if (before !== undefined && before !== null && next?.line !== entry.line) {
        throw new ThroughlineError('landing.not_found', 'what it is to land before does not wait for the same branch');
      }
      const moved = next === undefined ? 'to the end' : `before ${(await readers.handle(next.id)).state.name}`;
      const words = [
        ...(before === undefined ? [] : [moved]),
        ...(paused === undefined ? [] : [paused ? 'paused' : 'goes on']),
      ];
      return {
        place: before === undefined ? entry.place : placeBefore(others, next),
        paused: paused ?? entry.paused,
        words: words.join(', '),
      };
    });
  };

  /** One that was held is begun anew. */
  const withdrawHeld = async (id: SessionId, repository: Repository): Promise<void> => {
    for (const { landingId, state } of (await readers.work(id)).landings) {
      if (state !== 'held') continue;
      queue.remove(toLandingId(landingId));
      await record(id, fact('landing_withdrawn', { landingId, words: 'it was queued again' }, now()));
      await forget(repository, landingId);
    }
  };

  const withdrawLanding: Landings['withdrawLanding'] = async (id, landingId) => {
    const landing = await landingOf(id, landingId);
    if (hasEnded(landing)) {
      throw new ThroughlineError('landing.refused', `it is ${landing.state} already`, {
        ...(landing.state === 'landed' ? { hint: 'it can be undone' } : {}),
      });
    }
    if (landing.begun !== null) {
      throw new ThroughlineError('landing.refused', 'its branch is being moved at this moment', {
        hint: 'wait a moment, then undo it',
      });
    }
    const waited = queue.find(landingId);
    if (!queue.remove(landingId)) {
      // Told to end; it may be past where it could.
      await queue.left(landingId);
      const after = await landingOf(id, landingId);
      if (hasEnded(after)) throw new ThroughlineError('landing.refused', `it is ${after.state} already`);
    }
    await record(id, fact('landing_withdrawn', { landingId, words: 'taken out of the queue' }, now()));
    const behind = waited?.paused ? queue.inLine(waited.line).find(({ place }) => place > waited.place) : undefined;
    // Whoever had the queue stop did not have it go on by this.
    if (behind !== undefined) {
      await arrange(behind, async ({ place }) => ({ place, paused: true, words: 'paused' }));
    }
    const repository = await repositoryOf(await readers.handle(id), mark).catch(() => null);
    if (repository !== null) await forget(repository, landingId);
  };

  /** What a person has brought to the branch by their own git is landed all the same. */
  const recogniseLanded = async (id: SessionId, work: SessionWork): Promise<SessionWork> => {
    const held = work.landings.find(({ state }) => state === 'held');
    if (held?.held?.commit == null || queue.isRunning(toLandingId(held.landingId))) return work;
    const { commit } = held.held;
    const repository = await repositoryOf(await readers.handle(id), mark).catch(() => null);
    if (repository === null) return work;
    const ref = `refs/heads/${held.onto}`;
    const contains = await tryGit({
      ...inRepository(repository),
      arguments: ['merge-base', '--is-ancestor', commit, ref],
    });
    if (contains.exitCode !== 0) return work;
    const snapshot = work.snapshots.findLast(({ reason, at }) => reason === 'before_landing' && at >= held.at);
    queue.remove(toLandingId(held.landingId));
    const tip = { tip: snapshot?.head ?? null, ...(snapshot === undefined ? {} : { tree: snapshot.tree }) };
    const old = held.prepared?.base ?? commit;
    const told = { landingId: toLandingId(held.landingId), ref, old, commit, ...tip, checkouts: [] };
    await record(id, fact('landed', told, now()));
    await forget(repository, held.landingId);
    return readers.work(id);
  };

  const landings: Landings['landings'] = async () => {
    const found: { place: number; shown: QueuedLanding }[] = [];
    for (const row of await rows()) {
      if (row.work.landing === null) continue;
      const work = await recogniseLanded(row.id, await readers.work(row.id));
      const last = work.landings.at(-1);
      if (last !== undefined) found.push({ place: last.place, shown: shownLanding(row, last, work) });
    }
    return { landings: found.sort((one, other) => one.place - other.place).map(({ shown }) => shown) };
  };

  /** Ends a move of a branch that was cut short. Raises what git raises, where it cannot be looked at. */
  const settleBegun = async (
    id: SessionId,
    landing: Landing,
    begun: NonNullable<Landing['begun']>,
  ): Promise<'landed' | 'held' | 'open'> => {
    const repository = await repositoryOf(await readers.handle(id), mark);
    const taken = (await readers.work(id)).snapshots.findLast(({ reason }) => reason === 'before_landing');
    const tip = { head: taken?.head ?? null, tree: taken?.tree ?? null };
    const settled = await settleLanding({ repository, record, id, landing }, begun, tip);
    if (settled === 'landed') await forget(repository, landing.landingId);
    return settled;
  };

  /** Goes on with one session's commits and landings. */
  const takeUp = async (id: SessionId): Promise<void> => {
    const session = await readers.handle(id);
    const work = await readers.work(id);
    if (work.commitBegun !== null) await finishCommit(options, session, work.commitBegun);
    const repository = await repositoryOf(session, mark);
    for (const landing of work.landings) {
      const undo = { repository, record, id, landing };
      if (landing.undoBegun !== null) await settleUndo(undo, landing.undoBegun);
      if (landing.begun !== null) await settleBegun(id, landing, landing.begun);
    }
    await putBackAfterChecks(id, work);
    for (const landing of (await readers.work(id)).landings) {
      if (!goesOn(landing)) continue;
      unfinished.push(entryOf(id, landing, repository));
    }
  };
  /** Its files are still those of a check that was cut short. */
  const putBackAfterChecks = async (id: SessionId, { restores, snapshots }: SessionWork): Promise<void> => {
    const last = restores.findLast(({ state }) => state !== 'abandoned');
    if (last?.kind !== 'rebase' || last.to !== null) return;
    const before = snapshots.find(({ snapshot }) => snapshot === last.from);
    if (before !== undefined) await options.putTree(id, before.tree, before.snapshot);
  };
  const unfinished: QueueEntry[] = [];

  const begin = async (): Promise<void> => {
    for (const { id, work } of await rows()) {
      const state = work.landing?.state;
      const isOpen = state !== undefined && !hasEnded({ state });
      if (!isOpen && !work.moving) continue;
      await takeUp(id).catch((error) =>
        log.error('a landing that was cut short could not be taken up', {
          session: id,
          error: asThroughlineError(error),
        }),
      );
    }
    unfinished.sort((one, other) => one.place - other.place);
    for (const entry of unfinished.splice(0)) queue.put(entry);
  };

  return {
    landing: async (id, asked) => previewLanding(await preview(), id, asked),
    commitWork: (id, request) =>
      lifecycle(id, 'commit', async () => {
        await options.mayBegin();
        options.refuseLive(await readers.handle(id));
        return commitWork(options, id, request);
      }),
    land,
    landings,
    arrangeLanding,
    withdrawLanding,
    undoLanding: async (id, landingId) => {
      // It is in the log that it has landed a moment before everything is done.
      await options.mayBegin();
      await queue.left(landingId);
      const sessionAt = await sessionsAt();
      return lifecycle(id, 'undoing a landing', () => undoLanding({ ...options, sessionAt }, id, landingId));
    },
    begin,
    leave: async (session) => {
      const { landings } = await readers.work(session.id);
      const open = landings.filter((landing) => !hasEnded(landing));
      if (open.length === 0) return;
      const repository = await repositoryOf(session, mark).catch(() => null);
      if (repository === null) return;
      for (const { landingId } of open) await forget(repository, landingId);
    },
    stop: queue.stop,
  };
};

const entryOf = (id: SessionId, { landingId, onto, place, paused }: Landing, { commonDirectory }: Repository) => ({
  id,
  landingId: toLandingId(landingId),
  line: `${commonDirectory}\0${onto}`,
  place,
  paused,
});

/** A place before that one, and behind the one before it; without one, behind all. */
const placeBefore = (entries: readonly QueueEntry[], next: QueueEntry | undefined): number => {
  if (next === undefined) return Math.max(0, ...entries.map(({ place }) => place)) + 1;
  const before = entries[entries.indexOf(next) - 1];
  return before === undefined ? next.place - 1 : (before.place + next.place) / 2;
};

const queuedOf = ({ nameAgent, despiteChecks, waits }: LandingRequest) => ({
  nameAgent,
  ...(despiteChecks ? { despiteChecks: true as const } : {}),
  ...(waits ? { waits: true as const } : {}),
});

const shownLanding = (row: DashboardRow, landing: Landing, work: SessionWork): QueuedLanding => {
  const { landed, prepared, returned, held } = landing;
  return {
    landingId: landing.landingId,
    session: { id: row.id, name: row.name, agent: row.agent },
    repository: row.repository,
    onto: landing.onto,
    way: landing.way,
    state: landing.state,
    words: landing.words,
    paused: landing.paused && goesOn(landing),
    commit: landed?.commit ?? held?.commit ?? prepared?.commit ?? null,
    files: prepared?.files ?? null,
    additions: prepared?.additions ?? null,
    deletions: prepared?.deletions ?? null,
    paths: (landing.state === 'returned' ? returned?.paths : held?.paths) ?? [],
    task: landing.state === 'returned' ? (returned?.task ?? null) : null,
    checkouts: (landed?.checkouts ?? []).map(({ path, outcome, why }) =>
      outcome === 'followed'
        ? `${path} followed${why === null ? '' : `: ${why}`}`
        : `${path}: ${why ?? 'left as it is'}`,
    ),
    checks: work.commands
      .filter((command) => command.why === 'landing' && command.position > landing.position)
      .map(({ name, outcome }) => ({ name, outcome })),
    queuedAt: landing.at,
    landedAt: landed?.at ?? null,
  };
};
