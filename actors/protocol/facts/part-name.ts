/** What an agent showed beside text, named in a line: for places that cannot show it, and beside those that can. */
import type { ContentPart } from './content-part.ts';

/**
 * The name of a part, as `image png, 12 kB`. It is the agent's word: whoever shows it makes it harmless.
 * @example
 * partName({ type: 'image', mimeType: 'image/png', bytes: 12_345, sha256: '', data: '' }) // => 'image png, 12 kB'
 * partName({ type: 'link', uri: 'file:///a.html', name: 'Report' }) // => 'link Report file:///a.html'
 */
export const partName = (part: ContentPart): string => {
  switch (part.type) {
    case 'text':
      return 'text';
    case 'image':
    case 'audio': {
      const kept = part.data === undefined ? ' (too large for the log)' : '';
      return `${part.type}${kindOf(part.mimeType)}, ${sizeText(part.bytes)}${kept}`;
    }
    case 'link': {
      const title = part.title ?? part.name;
      const size = part.bytes === undefined ? '' : `, ${sizeText(part.bytes)}`;
      return `link ${title === undefined || title === part.uri ? '' : `${title} `}${part.uri}${size}`;
    }
    case 'resource':
      return `resource ${part.uri}${part.bytes === undefined ? '' : `, ${sizeText(part.bytes)}`}`;
    case 'terminal':
      return `terminal ${part.terminalId}`;
    case 'unknown':
      return `content of an unknown kind: ${part.name}`;
  }
};

/** `image/svg+xml` of an image is its `svg`. */
const kindOf = (mimeType: string | undefined): string => {
  const kind = mimeType?.split('/')[1]?.split(/[+;]/u)[0] ?? '';
  return kind === '' ? '' : ` ${kind}`;
};

const sizeText = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};
