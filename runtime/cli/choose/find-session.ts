import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { shortIds } from './short-id.ts';

const minShownCharacters = 8;

/**
 * How many characters of an id's beginning tell all of these apart: at least 8. Ids begin with their time, so those of
 * one moment need more. For what is listed with its siblings; sessions are called by `short-id.ts`.
 */
export const shortIdLength = (ids: readonly string[]): number => {
  let needed = minShownCharacters;
  const sorted = [...ids].sort();
  for (let index = 1; index < sorted.length; index += 1) {
    const [left, right] = [sorted[index - 1] ?? '', sorted[index] ?? ''];
    let shared = 0;
    while (shared < left.length && left[shared] === right[shared]) shared += 1;
    needed = Math.max(needed, shared + 1);
  }
  return needed;
};

// Of less than this many characters, too many ids end by chance alike.
const minEndCharacters = 4;

/**
 * The one that `given` means: a whole id, the exact name of just one, or the beginning or the end of just one id; also
 * the beginning of the end that is printed. A name goes before a part of an id: somebody chose it.
 */
export const findSession = <Row extends { readonly id: string; readonly name: string }>(
  rows: readonly Row[],
  given: string,
): Row => {
  const text = given.trim();
  const prefix = text.toLowerCase();
  const exact = rows.find((row) => row.id === prefix);
  if (exact !== undefined) return exact;
  const byName = rows.filter((row) => row.name === text);
  const matches = byName.length > 0 || prefix === '' ? byName : rows.filter((row) => isPartOf(row.id, prefix));
  const [only] = matches;
  if (only === undefined) {
    throw new ThroughlineError('session.not_found', `no session is called "${sanitiseLine(text)}"`, {
      hint: '`throughline list` shows them all',
    });
  }
  if (matches.length === 1) return only;
  const shortId = shortIds(rows);
  const candidates = matches.map((row) => `${shortId(row.id)} ${sanitiseLine(row.name)}`);
  const shown = candidates.slice(0, 8).join(', ') + (candidates.length > 8 ? ', …' : '');
  throw new ThroughlineError('input.invalid', `"${sanitiseLine(text)}" could be ${matches.length} sessions: ${shown}`, {
    hint: 'give one of these ids, or more of it',
  });
};

const isPartOf = (id: string, part: string): boolean =>
  id.startsWith(part) ||
  (part.length >= minEndCharacters && (id.endsWith(part) || id.slice(-minShownCharacters).startsWith(part)));
