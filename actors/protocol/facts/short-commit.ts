/** The first characters of a commit's id, as git shows it. */
export const shortCommit = (id: string): string => id.slice(0, 7);
