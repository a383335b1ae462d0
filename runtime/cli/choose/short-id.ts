/** What a session is called by. */
type Named = { readonly id: string; readonly name: string };

const shownCharacters = 8;

/**
 * How the sessions of a list are called in short: by the end of their ids, which is random, so that what was printed once
 * still means that session when others have come. An id begins with its time, and that is shared by all of one minute.
 * Longer where two would be called the same, and the whole id where somebody chose a short one as a name.
 * @example
 * shortIds([{ id: '01ad6c9f-66c1-7e57-96e6-a7c6afb90e29', name: 'docs' }])('01ad6c9f-66c1-7e57-96e6-a7c6afb90e29') // => 'afb90e29'
 */
export const shortIds = (rows: readonly Named[]): ((id: string) => string) => {
  const names = new Set(rows.map(({ name }) => name));
  const countByEnd = new Map<string, number>();
  for (const { id } of rows) {
    const end = id.slice(-shownCharacters);
    countByEnd.set(end, (countByEnd.get(end) ?? 0) + 1);
  }
  return (id) => {
    const end = id.slice(-shownCharacters);
    if ((countByEnd.get(end) ?? 0) <= 1) return names.has(end) ? id : end;
    const others = rows.filter((row) => row.id !== id && row.id.endsWith(end));
    let length = shownCharacters;
    while (length < id.length && others.some((row) => row.id.endsWith(id.slice(-length)))) length += 1;
    return names.has(id.slice(-length)) ? id : id.slice(-length);
  };
};
