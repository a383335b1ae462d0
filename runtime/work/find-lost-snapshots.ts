/** Whether the snapshots that the log names are still in their repositories: the log cannot know, for git keeps them. */
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { DashboardSnapshot } from '../../actors/protocol/gateway/dashboard.ts';
import type { SnapshotsReport } from '../../actors/protocol/gateway/snapshot-routes.ts';
import type { SessionWork } from '../../actors/protocol/gateway/work.ts';
import { gitFailure, tryGit } from '../git/command/run-git.ts';
import { inRepository, inspectRepository } from '../git/repository.ts';

type Log = {
  readonly dashboard: () => DashboardSnapshot | Promise<DashboardSnapshot>;
  readonly work: (id: SessionId) => SessionWork | Promise<SessionWork>;
};

type Named = { readonly session: SessionId; readonly name: string; readonly snapshot: number; readonly tree: string };

const maxNamed = 100;
const maxListBytes = 64 * 1024 * 1024;
const defaultTimeLimitMs = 60_000;

/**
 * Looks for the tree of each snapshot that the log names, one process of git a repository; what a tree holds is not looked
 * at (`git fsck` does that). A repository that cannot be reached, or not within the time, is only said to be away. Raises
 * what the log raises.
 */
export const findLostSnapshots = async (log: Log, timeLimitMs = defaultTimeLimitMs): Promise<SnapshotsReport> => {
  const deadline = Date.now() + timeLimitMs;
  const namedByRepository = await namedSnapshots(log);
  const lost: (Named & { readonly repository: string })[] = [];
  const away: SnapshotsReport['away'] = [];
  for (const [repository, named] of namedByRepository) {
    try {
      const left = deadline - Date.now();
      const missing = await within(left, missingTrees(repository, new Set(named.map(({ tree }) => tree)), left));
      lost.push(...named.filter(({ tree }) => missing.has(tree)).map((each) => ({ ...each, repository })));
    } catch (thrown) {
      const { code, message } = asThroughlineError(thrown);
      away.push({ repository, snapshots: named.length, code, message });
    }
  }
  const gone = await stillNamed(log, lost);
  return {
    ok: gone.length === 0,
    snapshots: [...namedByRepository.values()].reduce((count, named) => count + named.length, 0),
    code: gone.length === 0 ? null : 'snapshot.gone',
    gone: gone.slice(0, maxNamed),
    goneLeftOut: Math.max(0, gone.length - maxNamed),
    away,
  };
};

const namedSnapshots = async (log: Log): Promise<ReadonlyMap<string, readonly Named[]>> => {
  const byRepository = new Map<string, Named[]>();
  for (const { id, name, repository, work } of (await log.dashboard()).rows) {
    if (work.snapshots === 0) continue;
    const named = (await snapshotsOf(log, id)).map(({ snapshot, tree }) => ({ session: id, name, snapshot, tree }));
    if (named.length > 0) byRepository.set(repository, [...(byRepository.get(repository) ?? []), ...named]);
  }
  return byRepository;
};

/** None of a session that has been removed meanwhile. */
const snapshotsOf = async (log: Log, id: SessionId): Promise<SessionWork['snapshots']> => {
  try {
    return (await log.work(id)).snapshots;
  } catch (thrown) {
    if (asThroughlineError(thrown).code === 'session.not_found') return [];
    throw thrown;
  }
};

/** Without what has been let go of while it was looked for. */
const stillNamed = async <Lost extends Named>(log: Log, lost: readonly Lost[]): Promise<Lost[]> => {
  const named = new Map<SessionId, ReadonlySet<number>>();
  for (const { session } of lost) {
    if (named.has(session)) continue;
    named.set(session, new Set((await snapshotsOf(log, session)).map(({ snapshot }) => snapshot)));
  }
  return lost.filter(({ session, snapshot }) => named.get(session)?.has(snapshot));
};

const missingTrees = async (
  path: string,
  trees: ReadonlySet<string>,
  timeLimitMs: number,
): Promise<ReadonlySet<string>> => {
  const call = {
    ...inRepository(await inspectRepository(path)),
    arguments: ['cat-file', '--batch-check=%(objectname) %(objecttype)'],
    input: `${[...trees].join('\n')}\n`,
    maxOutputBytes: maxListBytes,
    timeLimitMs,
  };
  const looked = await tryGit(call);
  const there = new Set(looked.stdout.split('\n').flatMap((line) => (line.endsWith(' tree') ? line.slice(0, -5) : [])));
  const missing = new Set([...trees].filter((tree) => !there.has(tree)));
  // What git complains of may be where they are: a folder of objects that it shares and cannot reach.
  if (looked.exitCode !== 0 || (missing.size > 0 && looked.stderr.trim() !== '')) throw gitFailure(call, looked);
  return missing;
};

/** For what hangs where no time limit of git's reaches: a network's folder that answers nothing. */
const within = async <Value>(limitMs: number, work: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tooLate = new ThroughlineError('git.failed', 'there was no time left to look there');
    timer = setTimeout(() => reject(tooLate), Math.max(0, limitMs));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
