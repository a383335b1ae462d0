/** Git's own blame over a history that has the snapshots of sessions in it. */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { LineHistory } from '../../git/lines/line-history.ts';
import type { Blame, BlamedCommit, BlamedLine } from '../../git/lines/read-blame.ts';
import type { Repository } from '../../git/repository.ts';
import { ownCommitsBetween } from './own-commits.ts';
import { type Chain, type ChainPlace, makeChain } from './session-chain.ts';

/** The sessions of a repository with what became of their work; each is read once. */
export type SessionWorks = {
  readonly rows: readonly DashboardRow[];
  readonly byId: (id: string) => DashboardRow | undefined;
  readonly of: (id: SessionId) => Promise<SessionWork>;
  /** The snapshot of another session that one began with, where it is a fork of that. */
  readonly startOf: (id: SessionId) => Promise<{ readonly session: string; readonly snapshot: number } | null>;
};

export type FoundLines = {
  /** As git has them, and as they are with the snapshots in between. */
  readonly plain: Blame;
  readonly deep: Blame;
  /** Where commits belong in the life of sessions: those that stand for snapshots, and those that were made in a run. */
  readonly places: ReadonlyMap<string, ChainPlace>;
  /** The session that a commit says it is of, where that is all that is known. */
  readonly named: ReadonlyMap<string, string>;
};

/** Landed commits can lead to other landed commits; nobody follows them for ever. */
const maxRounds = 8;
/** Git's times are in whole seconds. */
const slackMs = 2_000;

type Asked = {
  readonly history: LineHistory;
  readonly repository: Repository;
  readonly works: SessionWorks;
  /** The session whose worktree the file is in. */
  readonly here: DashboardRow | null;
  readonly lines: { readonly from: number; readonly to: number } | undefined;
  readonly content: Buffer;
};

/**
 * The file as it is follows the snapshots of the session whose worktree it is in. A commit that names sessions, or was
 * made in a run of one, has their snapshots for further parents: a line that git would end at there goes on to the
 * snapshot that it was first in. That is done again for the commits that it goes on to, until nothing is new.
 */
export const findLines = async (asked: Asked): Promise<FoundLines> => {
  const { history, repository, works, here, lines, content } = asked;
  const head = repository.headCommit;
  const places = new Map<string, ChainPlace>();
  const named = new Map<string, string>();
  const parents = new Map<string, readonly string[]>();
  const followed = new Set<string>();
  const chains = new Map<SessionId, Chain>();

  const chainOf = async (id: SessionId): Promise<Chain> => {
    const known = chains.get(id);
    if (known !== undefined) return known;
    const start = await works.startOf(id);
    const origin = start === null ? undefined : works.byId(start.session);
    // Of a fork of a fork all are followed; none is before itself.
    const before = origin === undefined || origin.createdAt > (works.byId(id)?.createdAt ?? 0) ? null : origin;
    const links = before === null ? [] : (await chainOf(before.id)).links;
    const from = links.find(({ snapshot }) => snapshot.snapshot === start?.snapshot) ?? null;
    const chain = await makeChain({
      history,
      repository,
      session: id,
      work: await works.of(id),
      start: start === null ? null : { session: start.session, link: from?.id ?? null },
    });
    chains.set(id, chain);
    for (const link of chain.links) places.set(link.id, link.place);
    return chain;
  };

  /** The snapshots that stand behind a commit: those of its own time first, later ones where it was rebased since. */
  const behind = async (id: string, message: string, at: number): Promise<readonly string[]> => {
    const sessions = sessionsNamedIn(message);
    const tips: string[] = [];
    for (const session of sessions) {
      if (!named.has(id)) named.set(id, session);
      const row = works.byId(session);
      if (row === undefined) continue;
      const { links } = await chainOf(row.id);
      const then = links.findLast(({ snapshot }) => snapshot.at <= at + slackMs);
      tips.push(...[then, links.at(-1)].flatMap((link) => (link === undefined ? [] : [link.id])));
    }
    if (sessions.length > 0) return [...new Set(tips)];
    for (const row of works.rows) {
      if (!(await mayBeOf(row, works, at))) continue;
      const link = (await chainOf(row.id)).links.find(({ own }) => own.has(id));
      if (link === undefined) continue;
      places.set(id, link.place);
      return [link.id];
    }
    return [];
  };

  const follow = async (blame: Blame): Promise<boolean> => {
    const open = [...blame.commits].filter(([id]) => !followed.has(id) && !places.has(id));
    if (open.length === 0) return false;
    const times = new Map<string, BlamedCommit>(open);
    let isNews = false;
    for (const [id, commit] of await history.read([...times.keys()])) {
      followed.add(id);
      const tips = await behind(id, commit.message, times.get(id)?.committedAt ?? 0);
      if (tips.length === 0) continue;
      const [first, ...others] = commit.parents;
      parents.set(id, [...(first === undefined ? [] : [first]), ...tips, ...others]);
      isNews = true;
    }
    return isNews;
  };

  const last = here === null ? undefined : (await chainOf(here.id)).links.at(-1);
  const since =
    here === null || last === undefined
      ? null
      : await ownCommitsBetween(repository, here.id, last.snapshot, { head, at: Date.now() });
  const tips = last === undefined || since === null ? [head] : [last.id, ...since.foreign];
  const plain = await blameOrAllNew(history, { lines }, content);
  let deep = last === undefined ? plain : await blameOrAllNew(history, { tips, lines }, content);
  for (let round = 0; round < maxRounds && (await follow(deep)); round += 1) {
    deep = await blameOrAllNew(history, { tips, parents, lines }, content);
  }
  return { plain, deep, places, named };
};

/** Whether a session had a branch at that time on which a commit may have been made. */
const mayBeOf = async (row: DashboardRow, works: SessionWorks, at: number): Promise<boolean> => {
  if (at < row.createdAt - slackMs) return false;
  const { snapshots } = await works.of(row.id);
  return snapshots.some(
    (snapshot, index) => snapshot.at >= at - slackMs && index > 0 && snapshot.head !== snapshots[index - 1]?.head,
  );
};

/** A file that no commit has is in none, all of it. */
const blameOrAllNew = async (
  history: LineHistory,
  options: Parameters<LineHistory['blame']>[0],
  content: Buffer,
): Promise<Blame> => {
  try {
    return await history.blame(options);
  } catch (thrown) {
    // The message quotes the last line alone, and a name may have several.
    const said = thrown instanceof ThroughlineError ? String(thrown.details?.stderr ?? '') : '';
    if (!said.startsWith('fatal: no such path ')) throw thrown;
    const { from, to } = options.lines ?? { from: 1, to: Number.POSITIVE_INFINITY };
    const lines = content
      .toString('utf8')
      .replace(/\n$/, '')
      .split('\n')
      .slice(from - 1, to);
    const whole = lines.map((text, index): BlamedLine => {
      const line = from + index;
      return { line, text, commit: null, lineThere: line, pathThere: '' };
    });
    return { lines: whole, commits: new Map() };
  }
};

/** Sessions that a commit's message says it is of, wherever in it that stands: those who squash by hand join messages. */
const sessionsNamedIn = (message: string): readonly string[] => [
  ...new Set(
    [...message.matchAll(/^Throughline-Session: *([0-9a-f-]{36})\b/gim)].map(([, id = '']) => id.toLowerCase()),
  ),
];
