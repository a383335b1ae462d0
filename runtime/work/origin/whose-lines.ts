/** From a line of a file back to its reason: the session, run, prompt and step that wrote it. */
import { lstat, readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { startsFrom } from '../../../actors/protocol/facts/work-events.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import { withLineHistory } from '../../git/lines/line-history.ts';
import type { BlamedCommit, BlamedLine } from '../../git/lines/read-blame.ts';
import { canonicalPath } from '../../git/open-worktree.ts';
import { inspectRepository, type Repository } from '../../git/repository.ts';
import type { Readers } from '../../threads/readers.ts';
import type { OriginQueries } from '../offered/origin-commands.ts';
import { type FoundLines, findLines, type SessionWorks } from './find-lines.ts';
import { editsIn, type Step, stepsOfFile } from './find-step.ts';
import { type ChainPlace, placesOf } from './session-chain.ts';

type Asked = Pick<Readers, 'dashboard' | 'work' | 'history'>;

const maxFileBytes = 4 * 1024 * 1024;
/** Of so many lines at once it is told whose they are; of more one by one. */
const maxLines = 100_000;
const maxPromptCharacters = 2_000;
const maxEventPages = 30;
const eventsAPage = 1_000;

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
      throw new ThroughlineError('blame.no_line', `${path} has ${counted(total, 'line')}`);
    }
    if (line === undefined && total > maxLines) {
      throw new ThroughlineError(
        'blame.no_line',
        `${path} has ${counted(total, 'line')}: too many to be told of at once`,
        {
          hint: 'ask for one of them: FILE:LINE',
        },
      );
    }
    const sessions = await sessionsOf(readers, repository);
    const here = sessions.find(({ worktree }) => worktree.path === repository.root) ?? null;
    const works = createWorks(readers, sessions);
    return withLineHistory({ repository, head: repository.headCommit, path, content }, async (history) => {
      const lines = line === undefined ? undefined : { from: line, to: line };
      const found = await findLines({ history, repository, works, here, lines, content });
      const blocks = await explain({ found, readers, repository, works, here, path });
      const text = line === undefined ? null : (found.plain.lines[0]?.text ?? '');
      return { root: repository.root, path, lines: total, text, blocks };
    });
  };

/** The path from the top of the repository's files. Raises `blame.no_line` for what is not in there. */
const pathIn = async (repository: Repository, folder: string, given: string): Promise<string> => {
  if (given.includes('\0')) throw new ThroughlineError('blame.no_line', 'no file has a NUL in its name');
  const whole = await canonicalPath(isAbsolute(given) ? given : resolve(folder, given));
  const path = relative(await realpath(repository.root), whole);
  const [first = ''] = path.split(sep);
  // Nobody writes the lines of what git keeps for itself.
  if (first !== '' && first !== '..' && first.toLowerCase() !== '.git' && !isAbsolute(path)) {
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

const created = z.looseObject({ startsFrom: startsFrom.optional() });

const createWorks = (readers: Asked, rows: readonly DashboardRow[]): SessionWorks => {
  const known = new Map<string, Promise<SessionWork>>();
  return {
    rows,
    byId: (id) => rows.find((row) => row.id === id),
    startOf: async (id) => {
      const { events } = await readers.history(id, null, 1);
      const made = created.safeParse(events[0]?.payload);
      return made.success ? (made.data.startsFrom ?? null) : null;
    },
    of: (id) => {
      const work = known.get(id) ?? readers.work(id);
      known.set(id, work);
      return work;
    },
  };
};

type Explained = Omit<BlamedLines, 'from' | 'to'>;

const explain = async (options: {
  readonly found: FoundLines;
  readonly readers: Asked;
  readonly repository: Repository;
  readonly here: DashboardRow | null;
  readonly works: SessionWorks;
  readonly path: string;
}): Promise<BlamedLines[]> => {
  const { found, here, works, repository } = options;
  const { plain, deep, places, named } = found;
  const runs = createRuns(options.readers);
  const blocks: BlamedLines[] = [];
  for (const [index, line] of deep.lines.entries()) {
    const explained = await explainLine(line, plain.lines[index] ?? line, await placeOf(line));
    const last = blocks.at(-1);
    const follows = last !== undefined && last.to === line.line - 1 && isSame(last, explained);
    if (follows) blocks[blocks.length - 1] = { ...last, to: line.line };
    else blocks.push({ ...explained, from: line.line, to: line.line });
  }
  return blocks;

  async function placeOf(line: BlamedLine): Promise<ChainPlace | null> {
    if (line.commit === null) return here === null ? null : afterLast(here, await works.of(here.id));
    const known = places.get(line.commit);
    if (known !== undefined) return known;
    const session = named.get(line.commit);
    return session === undefined ? null : { session, run: null, from: null, to: null };
  }

  async function explainLine(line: BlamedLine, now: BlamedLine, place: ChainPlace | null): Promise<Explained> {
    const commit = commitThere(now, plain.commits);
    if (place === null) {
      const by = line.commit === null ? 'uncommitted' : 'commit';
      const other = commitThere(line, deep.commits) ?? commit;
      return { ...unknown, by, commit: by === 'commit' ? (commit ?? other) : null };
    }
    const row = works.byId(place.session);
    const session = { id: place.session, name: row?.name ?? null, agent: row?.agent ?? null };
    const between = { from: place.from, to: place.to };
    const landed = commit === null ? null : await landingOf(commit.id, row);
    if (row === undefined || place.run === null) {
      const isBetween = row !== undefined && (place.from !== null || place.to !== null);
      return { ...unknown, by: isBetween ? 'between_runs' : 'agent', session, between, commit, landed };
    }
    const { stepsOf, prompt } = await runs(row.id, place.run);
    const top = row.worktree.path ?? repository.root;
    const paths = [...new Set([line.pathThere || options.path, options.path])];
    const event: Step | null = stepsOf([...paths, ...paths.map((each) => join(top, each))])(line.text);
    return { by: 'agent', session, run: place.run, prompt, event, between, commit, landed };
  }

  /** The landing of a commit: of the session that it names, which may be a fork of the one that wrote the line. */
  async function landingOf(commit: string, writer: DashboardRow | undefined): Promise<BlamedLines['landed']> {
    for (const row of [works.byId(named.get(commit) ?? ''), writer]) {
      const { landings } = row === undefined ? { landings: [] } : await works.of(row.id);
      const found = landings.find(({ state, landed }) => state === 'landed' && landed?.commit === commit);
      if (found?.landed != null) return { commit, onto: found.onto, way: found.way, at: found.landed.at };
    }
    return null;
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

/** What the runs of sessions were asked for, and the edits that they told of; each is read once. */
const createRuns = (readers: Asked) => {
  type Told = Pick<BlamedLines, 'prompt'> & {
    readonly stepsOf: (names: readonly string[]) => ReturnType<typeof stepsOfFile>;
  };
  const known = new Map<string, Promise<Told>>();
  const read = async (id: SessionId, run: number): Promise<Told> => {
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
    const edits = editsIn(events);
    const steps = new Map<string, ReturnType<typeof stepsOfFile>>();
    return {
      prompt,
      stepsOf: (names) => {
        const key = names.join('\0');
        const found = steps.get(key) ?? stepsOfFile(edits, names);
        steps.set(key, found);
        return found;
      },
    };
  };
  return (id: SessionId, run: number) => {
    const key = `${id} ${run}`;
    const asked = known.get(key) ?? read(id, run);
    known.set(key, asked);
    return asked;
  };
};
