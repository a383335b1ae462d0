/** Reads the unified diff that git writes into files, hunks and lines with their numbers. */

export type DiffLine = {
  readonly kind: 'context' | 'added' | 'removed' | 'note';
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
};

export type DiffHunk = { readonly heading: string; readonly lines: readonly DiffLine[] };

export type FileDiff = {
  readonly path: string;
  readonly oldPath: string | null;
  readonly change: 'added' | 'deleted' | 'renamed' | 'modified';
  readonly binary: boolean;
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly DiffHunk[];
};

/** A diff's files, in its order. */
export const parseUnifiedDiff = (text: string): readonly FileDiff[] => {
  const files: FileDiff[] = [];
  let from = text.startsWith('diff --git ') ? 0 : text.indexOf('\ndiff --git ') + 1;
  if (!text.startsWith('diff --git ', from)) return files;
  while (from < text.length) {
    const next = text.indexOf('\ndiff --git ', from);
    const until = next === -1 ? text.length : next + 1;
    files.push(parseFile(text.slice(from, until).replace(/\n$/u, '').split('\n')));
    from = until;
  }
  return files;
};

const hunkHeading = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/u;

const parseFile = (lines: readonly string[]): FileDiff => {
  let oldPath: string | null = null;
  let newPath: string | null = null;
  let change: FileDiff['change'] = 'modified';
  let binary = false;
  let at = 1;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.startsWith('@@')) break;
    if (line.startsWith('--- ')) oldPath = pathOf(line.slice(4));
    else if (line.startsWith('+++ ')) newPath = pathOf(line.slice(4));
    else if (line.startsWith('new file')) change = 'added';
    else if (line.startsWith('deleted file')) change = 'deleted';
    else if (line.startsWith('rename from ')) [oldPath, change] = [unquoted(line.slice(12)), 'renamed'];
    else if (line.startsWith('rename to ')) newPath = unquoted(line.slice(10));
    else if (line.startsWith('Binary files')) binary = true;
  }
  const { hunks, added, removed } = parseHunks(lines.slice(at));
  const path = newPath ?? oldPath ?? pathInHeading(lines[0] ?? '');
  return { path, oldPath: change === 'renamed' ? oldPath : null, change, binary, added, removed, hunks };
};

const parseHunks = (lines: readonly string[]) => {
  const hunks: { heading: string; lines: DiffLine[] }[] = [];
  let [before, after, added, removed] = [0, 0, 0, 0];
  for (const line of lines) {
    const heading = hunkHeading.exec(line);
    const hunk = hunks.at(-1);
    if (heading !== null) {
      [before, after] = [Number(heading[1]), Number(heading[2])];
      hunks.push({ heading: line, lines: [] });
    } else if (hunk === undefined) continue;
    else if (line.startsWith('+')) {
      hunk.lines.push({ kind: 'added', text: line.slice(1), before: null, after: after++ });
      added += 1;
    } else if (line.startsWith('-')) {
      hunk.lines.push({ kind: 'removed', text: line.slice(1), before: before++, after: null });
      removed += 1;
    } else if (line.startsWith('\\')) {
      hunk.lines.push({ kind: 'note', text: line.slice(2), before: null, after: null });
    } else hunk.lines.push({ kind: 'context', text: line.slice(1), before: before++, after: after++ });
  }
  return { hunks, added, removed };
};

const pathOf = (text: string): string | null => {
  const path = unquoted(text.replace(/\t$/u, ''));
  return path === '/dev/null' ? null : path.replace(/^[ab]\//u, '');
};

/** `diff --git a/PATH b/PATH`, of a file that has no other line with its name: both halves are the same. */
const pathInHeading = (line: string): string => {
  const paths = line.slice('diff --git '.length);
  return paths.startsWith('"')
    ? unquoted(paths.slice(0, (paths.length - 1) / 2)).replace(/^a\//u, '')
    : paths.slice(2, (paths.length - 1) / 2);
};

/** Git quotes paths with unusual characters; their bytes are UTF-8, written in octal. */
const unquoted = (text: string): string => {
  if (!text.startsWith('"') || !text.endsWith('"')) return text;
  const bytes: number[] = [];
  const named: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 };
  for (const [, octal, letter, plain] of text.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(named[letter] ?? letter.charCodeAt(0));
    else bytes.push(...new TextEncoder().encode(plain));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
};
