/**
 * What a tree holds in a file's place when the file itself is not kept in git: a few lines that say which bytes it had.
 *
 * A big file is kept by its size and hash alone:
 *
 *     throughline big file 1
 *     bytes 1073741824
 *     sha256 0d6f…
 *
 * A file of Git LFS has the pointer that Git LFS itself writes, to the same byte, so that its blob has the same id.
 */
export type FileHash = { readonly bytes: number; readonly sha256: string };

/** No pointer is larger. */
export const maxPointerBytes = 1024;

export const bigFilePointer = ({ bytes, sha256 }: FileHash): string =>
  `throughline big file 1\nbytes ${bytes}\nsha256 ${sha256}\n`;

/** What a blob's text says of a big file; null for any other text. */
export const readBigFilePointer = (text: string): FileHash | null => {
  const match = /^throughline big file 1\nbytes (\d{1,15})\nsha256 ([0-9a-f]{64})\n$/.exec(text);
  return match === null ? null : { bytes: Number(match[1]), sha256: match[2] ?? '' };
};

export const lfsPointer = ({ bytes, sha256 }: FileHash): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes}\n`;

/** Whether a text is a pointer of Git LFS: then it is the file's own content, where the files were never fetched. */
export const isLfsPointer = (text: string): boolean =>
  /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v1\n/.test(text);
