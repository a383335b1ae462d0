/**
 * Where a key moves the selection in a list, or null when it moves nothing.
 * @example
 * movedSelection(['a', 'b', 'c'], 'a', 'j', 10) // => 'b'
 * movedSelection(['a', 'b', 'c'], 'a', 'PageDown', 10) // => 'c'
 */
export const movedSelection = (
  ids: readonly string[],
  selected: string | null,
  key: string,
  pageLength: number,
): string | null => {
  if (ids.length === 0) return null;
  const last = ids.length - 1;
  const at = selected === null ? -1 : ids.indexOf(selected);
  const clamped = (index: number): string | null => ids[Math.max(0, Math.min(last, index))] ?? null;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return clamped(at + 1);
    case 'ArrowUp':
    case 'k':
      return clamped(at < 0 ? last : at - 1);
    case 'PageDown':
      return clamped(at + pageLength);
    case 'PageUp':
      return clamped(at - pageLength);
    case 'Home':
      return clamped(0);
    case 'End':
      return clamped(last);
    default:
      return null;
  }
};

/**
 * What is selected after the list has changed: the same, or what took its place.
 * @example
 * keptSelection(['a', 'b', 'c'], ['a', 'c'], 'b') // => 'c'
 */
export const keptSelection = (
  before: readonly string[],
  after: readonly string[],
  selected: string | null,
): string | null => {
  if (selected === null || after.includes(selected)) return selected;
  const at = before.indexOf(selected);
  return at < 0 ? null : (after[Math.min(at, after.length - 1)] ?? null);
};
