/** A patch that an agent sends as text in what a tool is called with, as opencode does: to be shown as the edit it is. */

export type PatchLine = { readonly kind: 'file' | 'place' | 'added' | 'removed' | 'around'; readonly text: string };

export type PatchInInput = {
  /** The name of the field it stands in. */
  readonly field: string;
  readonly patch: string;
  /** What the tool is called with besides. */
  readonly rest: Readonly<Record<string, unknown>>;
};

/** The fields in which agents send one. */
const fieldNames = ['diff', 'patch', 'patchText', 'unified_diff', 'input'];

/** The patch in an input; null when there is none. Nothing is lost: patch and rest are the input. */
export const patchIn = (input: unknown): PatchInInput | null => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  for (const field of fieldNames) {
    const { [field]: patch, ...rest }: Readonly<Record<string, unknown>> = { ...input };
    if (typeof patch === 'string' && isPatch(patch)) return { field, patch, rest };
  }
  return null;
};

/** A patch has a place, or the beginning that some models write. */
const isPatch = (text: string): boolean => beginsPatch.test(text) || (/^@@ /mu.test(text) && /^[+-]/mu.test(text));

const beginsPatch = /^\*\*\* Begin Patch$/mu;

/**
 * The lines of a patch, each with what it does. A line belongs to its place as far as that is long, so that a line which
 * is taken out and looks like a file's name is shown as taken out.
 * @example
 * patchLines('@@ -1 +1 @@\n-one\n+two').map(({ kind }) => kind) // => ['place', 'removed', 'added']
 */
export const patchLines = (patch: string): readonly PatchLine[] => {
  const heading = beginsPatch.test(patch) ? /^\*\*\* /u : /^(?:--- |\+\+\+ |diff |index |Index: |={3,}$)/u;
  /** How much of the place that was begun last is still to come. */
  let [before, after] = [0, 0];
  return patch
    .replace(/\n$/u, '')
    .split('\n')
    .map((text): PatchLine => {
      if (before <= 0 && after <= 0) {
        if (heading.test(text)) return { kind: 'file', text };
        const place = /^@@(?: -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@)?/u.exec(text);
        if (place !== null) {
          const isCounted = place[0].length > 2;
          [before, after] = isCounted ? [Number(place[1] ?? 1), Number(place[2] ?? 1)] : [0, 0];
          return { kind: 'place', text };
        }
      }
      const kind = text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'around';
      if (kind !== 'added' && !text.startsWith('\\')) before -= 1;
      if (kind !== 'removed' && !text.startsWith('\\')) after -= 1;
      return { kind, text };
    });
};
