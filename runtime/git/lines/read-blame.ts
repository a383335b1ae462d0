/** A line of a file, and the commit that it was first in, as `git blame` finds it. */
export type BlamedLine = {
  /** Its number in the file, from 1. */
  readonly line: number;
  readonly text: string;
  /** Null: it is in no commit. */
  readonly commit: string | null;
  /** Its number and the file's path there. */
  readonly lineThere: number;
  readonly pathThere: string;
};

export type BlamedCommit = {
  readonly author: string;
  /** When it was written, and when it got its place: in milliseconds UTC. */
  readonly authoredAt: number;
  readonly committedAt: number;
  readonly subject: string;
};

export type Blame = {
  readonly lines: readonly BlamedLine[];
  readonly commits: ReadonlyMap<string, BlamedCommit>;
};

/** Reads `git blame --porcelain`. What does not look like that is passed over. */
export const readBlame = (text: string): Blame => {
  const lines: BlamedLine[] = [];
  const commits = new Map<string, BlamedCommit>();
  const pathByCommit = new Map<string, string>();
  let head: { readonly id: string; readonly lineThere: number; readonly line: number } | null = null;
  let facts = new Map<string, string>();
  for (const each of text.split('\n')) {
    if (head === null) {
      const [, id, lineThere, line] = /^([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)/.exec(each) ?? [];
      if (id === undefined) continue;
      head = { id, lineThere: Number(lineThere), line: Number(line) };
      facts = new Map();
    } else if (each.startsWith('\t')) {
      const { id, line, lineThere } = head;
      // The path is told with the first line of a commit, and again where it is another.
      const pathThere = unquoted(facts.get('filename') ?? '') || (pathByCommit.get(id) ?? '');
      pathByCommit.set(id, pathThere);
      if (facts.has('author') && !/^0+$/.test(id)) commits.set(id, commitOf(facts));
      lines.push({ line, text: each.slice(1), commit: /^0+$/.test(id) ? null : id, lineThere, pathThere });
      head = null;
    } else {
      const end = each.indexOf(' ');
      facts.set(end === -1 ? each : each.slice(0, end), end === -1 ? '' : each.slice(end + 1));
    }
  }
  return { lines, commits };
};

const commitOf = (facts: ReadonlyMap<string, string>): BlamedCommit => ({
  author: facts.get('author') ?? '',
  authoredAt: Number(facts.get('author-time') ?? 0) * 1000,
  committedAt: Number(facts.get('committer-time') ?? 0) * 1000,
  subject: facts.get('summary') ?? '',
});

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };

/** Git writes a name with quotes around it where it holds some, a backslash, or what moves a cursor. */
const unquoted = (name: string): string =>
  name.startsWith('"') && name.endsWith('"') && name.length > 1
    ? name
        .slice(1, -1)
        .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
          code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
        )
    : name;
