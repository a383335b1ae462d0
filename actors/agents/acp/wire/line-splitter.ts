/**
 * Cuts a stream of bytes into lines, decoding each as UTF-8 (what is not, becomes U+FFFD). A line beyond the bound is
 * not held in memory: its beginning is kept and its size counted, and reading goes on after its end.
 */
export type Line =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'oversize'; readonly head: string; readonly bytes: number };

const keptOfOversizeBytes = 2_048;
const newline = 0x0a;

export const createLineSplitter = (maxLineBytes: number) => {
  const keptBytes = Math.min(keptOfOversizeBytes, maxLineBytes);
  let pieces: Uint8Array[] = [];
  let held = 0;
  let oversizeHead: string | null = null;
  let lineBytes = 0;

  const joined = (): Buffer => Buffer.concat(pieces, held);

  const take = (piece: Uint8Array): void => {
    lineBytes += piece.byteLength;
    if (oversizeHead !== null) return;
    pieces.push(piece);
    held += piece.byteLength;
    if (held <= maxLineBytes) return;
    // Not all that is held: that would copy it only to be let go.
    oversizeHead = Buffer.concat(pieces, keptBytes).toString('utf8');
    pieces = [];
    held = 0;
  };

  const end = (): Line | null => {
    const line: Line =
      oversizeHead === null
        ? { kind: 'line', text: joined().toString('utf8').replace(/\r$/, '') }
        : { kind: 'oversize', head: oversizeHead, bytes: lineBytes };
    pieces = [];
    held = 0;
    oversizeHead = null;
    lineBytes = 0;
    return line.kind === 'line' && line.text.trim() === '' ? null : line;
  };

  return {
    /** The lines that these bytes complete. */
    push: (bytes: Uint8Array): Line[] => {
      const lines: Line[] = [];
      let from = 0;
      for (let at = bytes.indexOf(newline, from); at !== -1; at = bytes.indexOf(newline, from)) {
        take(bytes.subarray(from, at));
        const line = end();
        if (line !== null) lines.push(line);
        from = at + 1;
      }
      if (from < bytes.byteLength) take(bytes.subarray(from));
      return lines;
    },
    /** What remains when the stream has ended: a last line without its newline, or null. */
    finish: (): Line | null => end(),
  };
};
