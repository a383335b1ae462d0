/** A patch that came as text, as hunks with their line numbers. Every line of it is shown somewhere. */

import type { DiffHunk, DiffLine } from '../../../actors/model/review/unified-diff.ts';
import { patchLines } from '../../../actors/protocol/asked/patch-text.ts';

export type PatchFile = {
  /** The lines that name it, of which there may be several. */
  readonly heads: readonly string[];
  readonly hunks: readonly DiffHunk[];
  readonly added: number;
  readonly removed: number;
};

type Growing = { heads: string[]; hunks: { heading: string; lines: DiffLine[] }[]; added: number; removed: number };

export const patchFiles = (patch: string): readonly PatchFile[] => {
  const files: Growing[] = [];
  let [before, after] = [1, 1];
  const fileNow = (): Growing => {
    const last = files.at(-1);
    if (last !== undefined) return last;
    const made = { heads: [], hunks: [], added: 0, removed: 0 };
    files.push(made);
    return made;
  };
  for (const { kind, text } of patchLines(patch)) {
    if (kind === 'file') {
      if (files.at(-1)?.hunks.length !== 0) files.push({ heads: [], hunks: [], added: 0, removed: 0 });
      fileNow().heads.push(text);
      continue;
    }
    const file = fileNow();
    if (kind === 'place') {
      const place = /^@@ -(\d+)(?:,\d+)? \+(\d+)/u.exec(text);
      [before, after] = place === null ? [1, 1] : [Number(place[1]), Number(place[2])];
      file.hunks.push({ heading: text, lines: [] });
      continue;
    }
    if (file.hunks.length === 0) file.hunks.push({ heading: '', lines: [] });
    const lines = file.hunks.at(-1)?.lines ?? [];
    if (kind === 'added') {
      lines.push({ kind, text: text.slice(1), before: null, after: after++ });
      file.added += 1;
    } else if (kind === 'removed') {
      lines.push({ kind, text: text.slice(1), before: before++, after: null });
      file.removed += 1;
    } else if (text.startsWith('\\'))
      lines.push({ kind: 'note', text: text.slice(1).trim(), before: null, after: null });
    else lines.push({ kind: 'context', text: text.replace(/^ /u, ''), before: before++, after: after++ });
  }
  return files;
};

/**
 * The one path that a file's lines name, as patches of git and of the `diff` library write it; null where they name
 * several, or say something else.
 */
export const pathOfPatch = ({ heads }: PatchFile): string | null => {
  const paths = new Set<string>();
  for (const head of heads) {
    if (/^=+$/u.test(head)) continue;
    const path = /^(?:Index: |--- |\+\+\+ |\*\*\* (?:Update|Add) File: )(?:[ab]\/)?(.+?)(?:\t.*)?$/u.exec(head)?.[1];
    if (path === undefined) return null;
    if (path !== '/dev/null') paths.add(path);
  }
  const [only] = paths;
  return paths.size === 1 && only !== undefined ? only : null;
};
