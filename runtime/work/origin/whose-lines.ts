/** From a line of a file back to its reason: the session, run, prompt and step that wrote it. */
import { lstat, readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import { runGit, tryGit } from '../../git/command/run-git.ts';
import { type LineHistory, type ReadCommit, withLineHistory } from '../../git/lines/line-history.ts';
import type { Blame, BlamedCommit, BlamedLine } from '../../git/lines/read-blame.ts';
import { canonicalPath } from '../../git/open-worktree.ts';
import { inRepository, inspectRepository, type Repository } from '../../git/repository.ts';
import type { Readers } from '../../threads/readers.ts';
import type { OriginQueries } from '../origin-commands.ts';
import { editsIn, type Step, stepOfLine } from './find-step.ts';
import { type Chain, type ChainPlace, makeChain, placesOf } from './session-chain.ts';

type Asked = Pick<Readers, 'dashboard' | 'work' | 'history'>;

const maxFileBytes = 4 * 1024 * 1024;
const maxPromptCharacters = 2_000;
/** Landed commits can lead to other landed commits; nobody follows them for ever. */
const maxRounds = 8;
const maxEventPages = 30;
const eventsAPage = 1_000;
/** Git's times are in whole seconds. */
const slackMs = 2_000;

/**
 * Git's own blame, over a history that has the snapshots of sessions in it: those of the session whose worktree the file
 * is in, and, for each commit that names a session (`Throughline-Session`), those of that one.
 *
 * Raises `blame.no_line`, `repository.…`, and what git raises.
 */
export const createWhoseLines =
  (readers: Asked): OriginQueries['blame'] =>
  async ({ repository: folder, path: given, line }) => {
    const repository = await inspectRepository(folder);
    const path = await pathIn(repository, folder, given);
    const content = await contentOf(repository, path);
    const total = countLines(content);
    if (total === 0 || (line !== undefined && line > total)) {
      throw new ThroughlineError('blame.no_line', `${path} has ${total === 1 ? 'one line' : `${total} lines`}`);
    }
    const sessions = await sessionsOf(readers, repository);
    const here = sessions.find(({ worktree }) => worktree.path === repository.root) ?? null;
    return withLineHistory({ repository, head: repository.headCommit, path, content }, async (history) => {
      const lines = line === undefined ? undefined : { from: line, to: line };
      const work = createWorkOf(readers, sessions, history);
      const found = await findOut({ history, work, here, head: repository.headCommit, lines, path, content });
      const blocks = await explain({ ...found, readers, repository, sessions, here, work, path });
      const text = line === undefined ? null : (found.plain.lines[0]?.text ?? '');
      return { root: repository.root, path, lines: total, text, blocks };
    });
  };

/** The path from the top of the repository's files. Raises `blame.no_line` for what is not in there. */
const pathIn = async (repository: Repository, folder: string, given: string): Promise<string> => {
  const whole = await canonicalPath(isAbsolute(given) ? given : resolve(folder, given));
  const path = relative(await realpath(repository.root), whole);
  if (path !== '' && !path.startsWith('..') && !isAbsolute(path) && !path.includes('\0')) {
    return path.split(sep).join('/');
  }
  throw new ThroughlineError('blame.no_line', `${given.slice(0, 300)} is no file of ${repository.root}`);
};

const contentOf = async ({ root }: Repository, path: string): Promise<Buffer> => {
  const file = join(root, path);
  const found = await lstat(file).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new ThroughlineError('blame.no_line', `there is no file ${path} in ${root}`);
  }
  if (found.size > maxFileBytes) {
    throw new ThroughlineError('blame.no_line', `${path} is larger than ${maxFileBytes / 1024 / 1024} MB`);
  }
  return readFile(file);
};

const countLines = (content: Buffer): number => {
  let lines = 0;
  for (const byte of content) if (byte === 0x0a) lines += 1;
  return content.length > 0 && content.at(-1) !== 0x0a ? lines + 1 : lines;
};

/** The sessions of a repository, in whichever of its folders they were begun. */
const sessionsOf = async (readers: Asked, repository: Repository): Promise<readonly DashboardRow[]> => {
  const { rows } = await readers.dashboard();
  const isOurs = new Map<string, boolean>();
  for (const { repository: root } of rows) {
    if (isOurs.has(root)) continue;
    const common = root === repository.root ? repository : await inspectRepository(root).catch(() => null);
    isOurs.set(root, common?.commonDirectory === repository.commonDirectory);
  }
  return rows.filter(({ repository: root }) => isOurs.get(root) === true);
};

type WorkOf = {
  readonly of: (id: SessionId) => Promise<SessionWork>;
  readonly chain: (id: SessionId) => Promise<Chain>;
  readonly byId: (id: string) => DashboardRow | undefined;
};

const createWorkOf = (readers: Asked, sessions: readonly DashboardRow[], history: LineHistory): WorkOf => {
  const works = new Map<string, Promise<SessionWork>>();
  const chains = new Map<string, Promise<Chain>>();
  const of = (id: SessionId): Promise<SessionWork> => {
    const known = works.get(id) ?? readers.work(id);
    works.set(id, known);
    return known;
  };
  return {
    of,
    chain: (id) => {
      const known = chains.get(id) ?? of(id).then((work) => makeChain(history, id, work));
      chains.set(id, known);
      return known;
    },
    byId: (id) => sessions.find((session) => session.id === id),
  };
};

type Found = {
  /** As git has it, and as it is with the snapshots in between. */
  readonly plain: Blame;
  readonly deep: Blame;
  readonly read: ReadonlyMap<string, ReadCommit>;
  /** The places that the commits which stand for snapshots have. */
  readonly places: ReadonlyMap<string, ChainPlace>;
};

const findOut = async (options: {
  readonly history: LineHistory;
  readonly work: WorkOf;
  readonly here: DashboardRow | null;
  readonly head: string;
  readonly lines: { readonly from: number; readonly to: number } | undefined;
  readonly path: string;
  readonly content: Buffer;
}): Promise<Found> => {
  const { history, work, here, head, lines } = options;
  const places = new Map<string, ChainPlace>();
  const read = new Map<string, ReadCommit>();
  const parents = new Map<string, readonly string[]>();
  const chains = new Set<string>();

  const chainOf = async (id: SessionId): Promise<Chain> => {
    const chain = await work.chain(id);
    if (!chains.has(id)) for (const each of chain.commits) places.set(each.id, each.place);
    chains.add(id);
    return chain;
  };

  /** Reads the commits that are new, and puts the snapshots of the sessions that they name behind them. */
  const follow = async (blame: Blame): Promise<boolean> => {
    const ids = [...blame.commits.keys()].filter((id) => !read.has(id) && !places.has(id));
    if (ids.length === 0) return false;
    let isNews = false;
    for (const [id, commit] of await history.read(ids)) {
      read.set(id, commit);
      const at = blame.commits.get(id)?.committedAt ?? 0;
      const tips: string[] = [];
      for (const session of sessionsNamedIn(commit.message)) {
        const row = work.byId(session);
        if (row === undefined) continue;
        const { commits } = await chainOf(row.id);
        // That of its own time first; a later one where somebody has rebased it since.
        const then = commits.findLast(({ snapshot }) => snapshot.at <= at + slackMs);
        tips.push(...new Set([then?.id, commits.at(-1)?.id].flatMap((tip) => (tip === undefined ? [] : [tip]))));
      }
      if (tips.length > 0) parents.set(id, [...commit.parents, ...tips]);
      isNews ||= tips.length > 0;
    }
    return isNews;
  };

  const tip = here === null ? undefined : (await chainOf(here.id)).commits.at(-1)?.id;
  const tips = tip === undefined ? [head] : [tip, head];
  const plain = await blameOrAllNew(history, { tips: [head], lines }, options.content);
  let deep = tip === undefined ? plain : await blameOrAllNew(history, { tips, lines }, options.content);
  await follow(plain);
  for (let round = 0; round < maxRounds; round += 1) {
    const isNews = await follow(deep);
    if (round > 0 && !isNews) break;
    if (parents.size > 0) deep = await blameOrAllNew(history, { tips, parents, lines }, options.content);
  }
  return { plain, deep, read, places };
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
    if (!(thrown instanceof ThroughlineError) || !/no such path/.test(thrown.message)) throw thrown;
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

type Explained = Omit<BlamedLines, 'from' | 'to'>;

const explain = async (
  options: Found & {
    readonly readers: Asked;
    readonly repository: Repository;
    readonly sessions: readonly DashboardRow[];
    readonly here: DashboardRow | null;
    readonly work: WorkOf;
    readonly path: string;
  },
): Promise<BlamedLines[]> => {
  const { plain, deep, places, here, work, read, repository } = options;
  const runs = createRuns(options.readers);
  const ownCommits = await commitsOfSessions(options);
  const blocks: BlamedLines[] = [];
  for (const [index, line] of deep.lines.entries()) {
    const now = plain.lines[index] ?? line;
    const place = await placeOf(line);
    const explained = await explainLine(line, now, place);
    const last = blocks.at(-1);
    const follows = last !== undefined && last.to === line.line - 1 && isSame(last, explained);
    if (follows) blocks[blocks.length - 1] = { ...last, to: line.line };
    else blocks.push({ ...explained, from: line.line, to: line.line });
  }
  return blocks;

  async function placeOf(line: BlamedLine): Promise<ChainPlace | null> {
    if (line.commit === null) return here === null ? null : afterLast(here, await work.of(here.id));
    const known = places.get(line.commit) ?? ownCommits.get(line.commit);
    if (known !== undefined) return known;
    const [session] = sessionsNamedIn(read.get(line.commit)?.message ?? '');
    return session === undefined ? null : { session, run: null, from: null, to: null };
  }

  async function explainLine(line: BlamedLine, now: BlamedLine, place: ChainPlace | null): Promise<Explained> {
    const commit = commitThere(now, plain.commits);
    if (place === null) {
      const by = line.commit === null ? 'uncommitted' : 'commit';
      const other = commitThere(line, deep.commits) ?? commit;
      return { ...unknown, by, commit: by === 'commit' ? (commit ?? other) : null };
    }
    const row = work.byId(place.session);
    const session = { id: place.session, name: row?.name ?? null, agent: row?.agent ?? null };
    const between = { from: place.from, to: place.to };
    const landed = row === undefined || commit === null ? null : landingOf(await work.of(row.id), commit.id);
    if (row === undefined || place.run === null) {
      const isBetween = row !== undefined && (place.from !== null || place.to !== null);
      return { ...unknown, by: isBetween ? 'between_runs' : 'agent', session, between, commit, landed };
    }
    const { edits, prompt } = await runs(row.id, place.run);
    const top = row.worktree.path ?? repository.root;
    const paths = [...new Set([line.pathThere || options.path, options.path])];
    const event: Step | null = stepOfLine(edits, [...paths, ...paths.map((each) => join(top, each))], line.text);
    return { by: 'agent', session, run: place.run, prompt, event, between, commit, landed };
  }
};

const unknown = { session: null, run: null, prompt: null, event: null, between: null, landed: null } as const;

const isSame = (block: BlamedLines, next: Explained): boolean =>
  block.by === next.by &&
  block.session?.id === next.session?.id &&
  block.run === next.run &&
  block.event?.position === next.event?.position &&
  block.between?.to === next.between?.to &&
  block.commit?.id === next.commit?.id;

const commitThere = (line: BlamedLine, commits: ReadonlyMap<string, BlamedCommit>): BlamedLines['commit'] => {
  const found = line.commit === null ? undefined : commits.get(line.commit);
  if (line.commit === null || found === undefined) return null;
  const { author, authoredAt: at, subject } = found;
  return { id: line.commit, author, at, subject, path: line.pathThere, line: line.lineThere };
};

/** What was done since the last snapshot: by the run under way, if there is one. */
const afterLast = (row: DashboardRow, { snapshots }: SessionWork): ChainPlace => {
  const last = placesOf(row.id, snapshots).at(-1);
  const isWorking = row.activeRunId !== null;
  return { session: row.id, run: isWorking ? row.runCount : null, from: last?.snapshot.snapshot ?? null, to: null };
};

const landingOf = ({ landings }: SessionWork, commit: string): BlamedLines['landed'] => {
  const found = landings.find(({ state, landed }) => state === 'landed' && landed?.commit === commit);
  if (found?.landed == null) return null;
  return { commit, onto: found.onto, way: found.way, at: found.landed.at };
};

/** What the runs of sessions were asked for, and the edits that they told of; each is read once. */
const createRuns = (readers: Asked) => {
  const known = new Map<string, Promise<Pick<BlamedLines, 'prompt'> & { edits: ReturnType<typeof editsIn> }>>();
  const read = async (id: SessionId, run: number) => {
    const events: HistoryEvent[] = [];
    let after: { readonly run: number; readonly seq: number } | null = { run, seq: 0 };
    for (let page = 0; page < maxEventPages && after !== null && after.run === run; page += 1) {
      const { events: more, next }: Awaited<ReturnType<Asked['history']>> = await readers.history(
        id,
        after,
        eventsAPage,
      );
      events.push(...more.filter((event) => event.run === run));
      after = next;
    }
    const first = events.find(({ type }) => type === 'prompt');
    const payload: unknown = first?.payload;
    const text = typeof payload === 'object' && payload !== null && 'text' in payload ? String(payload.text) : '';
    const prompt =
      first === undefined
        ? null
        : { text: text.slice(0, maxPromptCharacters), at: first.occurredAt, position: first.position };
    return { prompt, edits: editsIn(events) };
  };
  return (id: SessionId, run: number) => {
    const key = `${id} ${run}`;
    const asked = known.get(key) ?? read(id, run);
    known.set(key, asked);
    return asked;
  };
};

/**
 * The runs that commits were made in which name no session: those that came onto a session's branch between two of its
 * snapshots, in that time.
 */
const commitsOfSessions = async (
  options: Found & {
    readonly repository: Repository;
    readonly sessions: readonly DashboardRow[];
    readonly work: WorkOf;
  },
): Promise<ReadonlyMap<string, ChainPlace>> => {
  const { deep, read, places, sessions, work, repository } = options;
  const open = [...deep.commits].filter(
    ([id]) => !places.has(id) && sessionsNamedIn(read.get(id)?.message ?? '').length === 0,
  );
  const found = new Map<string, ChainPlace>();
  if (open.length === 0) return found;
  for (const row of sessions) {
    const possible = open.filter(([, { committedAt }]) => committedAt >= row.createdAt - slackMs);
    if (possible.length === 0) continue;
    const { snapshots } = await work.of(row.id);
    for (const [index, { snapshot, place }] of placesOf(row.id, snapshots).entries()) {
      const before = snapshots[index - 1];
      if (before === undefined || snapshot.head === null || snapshot.head === before.head) continue;
      const inTime = possible.filter(
        ([id, { committedAt: at }]) => !found.has(id) && at >= before.at - slackMs && at <= snapshot.at + slackMs,
      );
      if (inTime.length === 0) continue;
      const own = await commitsBetween(repository, before.head, snapshot.head);
      for (const [id] of inTime) if (own.has(id)) found.set(id, place);
    }
  }
  return found;
};

/** Along the first parents: what a merge brought in was not made there. */
const commitsBetween = async (
  repository: Repository,
  before: string | null,
  after: string,
): Promise<ReadonlySet<string>> => {
  const call = inRepository(repository);
  const isThere = async (id: string): Promise<boolean> =>
    (await tryGit({ ...call, arguments: ['rev-parse', '--verify', '--quiet', `${id}^{commit}`] })).exitCode === 0;
  if (!(await isThere(after)) || (before !== null && !(await isThere(before)))) return new Set();
  const excluded = before === null ? [] : [`^${before}`];
  const argv = ['rev-list', '--first-parent', '--max-count=1000', after, ...excluded, '--'];
  return new Set((await runGit({ ...call, arguments: argv })).split('\n').filter((id) => id !== ''));
};
