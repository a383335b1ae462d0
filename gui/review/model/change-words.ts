/** A changed file in words. */
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import { sizeText } from '../../session/text/excerpt.ts';

const letters = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R', mode: 'M', type: 'T' } as const;

/** `M`, `A`, `R` or `D`, as git has it. */
export const kindLetter = ({ kind }: Pick<ReviewFile, 'kind'>): string => letters[kind];

/** `renamed, 91 % the same`, `picture changed`. */
export const kindWords = ({
  kind,
  picture,
  similarity,
}: Pick<ReviewFile, 'kind' | 'picture' | 'similarity'>): string => {
  const noun = picture ? 'picture ' : '';
  switch (kind) {
    case 'renamed':
      return similarity === undefined || similarity >= 100 ? 'renamed' : `renamed, ${similarity} % the same`;
    case 'modified':
      return `${noun}changed`;
    case 'mode':
      return 'mode changed';
    case 'type':
      return 'kind changed';
    default:
      return `${noun}${kind}`;
  }
};

/** `12.4 kB → 18.1 kB`; one size for a file that was added or deleted; null where none is known. */
export const sizeChange = ({ oldBytes, newBytes }: Pick<ReviewFile, 'oldBytes' | 'newBytes'>): string | null => {
  if (oldBytes === undefined && newBytes === undefined) return null;
  if (oldBytes === undefined || newBytes === undefined) return sizeText(newBytes ?? oldBytes ?? 0);
  return `${sizeText(oldBytes)} → ${sizeText(newBytes)}`;
};
