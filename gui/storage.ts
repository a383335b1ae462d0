/** Small things the window remembers, in the browser's own storage. Where there is none, it forgets. */

const prefix = 'throughline.';

export const remember = (name: string, value: unknown): void => {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Full or switched off: what is remembered is a comfort, nothing depends on it.
  }
};

/** What was remembered, if `isFit` accepts it: it may have been written by another version. */
export const recall = <Value>(name: string, isFit: (value: unknown) => value is Value): Value | null => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(prefix + name) ?? 'null');
    return isFit(value) ? value : null;
  } catch {
    return null;
  }
};
