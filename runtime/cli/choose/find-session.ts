import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type Named = { readonly id: string; readonly name: string };

const minShownCharacters = 8;

/**
 * How many characters of an id tell all of these apart: at least 8. Ids begin with their time, so sessions of one
 * moment need more.
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

/**
 * The one that `given` means: a whole id, the exact name of just one, or the beginning of just one id.
 * A name goes before the beginning of an id: somebody chose it.
 */
export const findSession = <Row extends Named>(rows: readonly Row[], given: string): Row => {
  const text = given.trim();
  const prefix = text.toLowerCase();
  const exact = rows.find((row) => row.id === prefix);
  if (exact !== undefined) return exact;
  const byName = rows.filter((row) => row.name === text);
  const matches = byName.length > 0 || prefix === '' ? byName : rows.filter((row) => row.id.startsWith(prefix));
  const [only] = matches;
  if (only === undefined) {
    throw new ThroughlineError('session.not_found', `no session is called "${sanitiseLine(text)}"`, {
      hint: '`throughline list` shows them all',
    });
  }
  if (matches.length === 1) return only;
  const length = shortIdLength(rows.map((row) => row.id));
  const candidates = matches.map((row) => `${row.id.slice(0, length)} ${sanitiseLine(row.name)}`);
  const shown = candidates.slice(0, 8).join(', ') + (candidates.length > 8 ? ', …' : '');
  throw new ThroughlineError('input.invalid', `"${sanitiseLine(text)}" could be ${matches.length} sessions: ${shown}`, {
    hint: 'give more of the id',
  });
};
