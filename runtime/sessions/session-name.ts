const maxNameCharacters = 60;

/** A name for a session that was given none: its prompt's first line. */
export const nameFrom = (prompt: string): string => {
  const line = prompt.trim().split('\n', 1)[0]?.replace(/\s+/gu, ' ').trim() ?? '';
  const characters = [...line];
  return characters.length <= maxNameCharacters ? line : `${characters.slice(0, maxNameCharacters - 1).join('')}…`;
};
