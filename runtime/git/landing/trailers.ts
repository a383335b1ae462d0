const isTrailer = (line: string): boolean => /^[A-Za-z0-9-]+: \S/.test(line);

/**
 * A message with lines of `KEY: VALUE` at its end, in the block of those that it has there; each stands there once. Git's
 * own `interpret-trailers` would run what a repository's configuration names.
 */
export const withTrailers = (message: string, trailers: readonly string[]): string => {
  const text = message.trimEnd();
  const last =
    text
      .split(/\n\s*\n/)
      .at(-1)
      ?.split('\n') ?? [];
  const hasBlock = text.includes('\n\n') && last.every(isTrailer);
  const missing = trailers.filter((trailer) => !hasBlock || !last.includes(trailer));
  if (missing.length === 0) return `${text}\n`;
  return `${text}${hasBlock ? '\n' : '\n\n'}${missing.join('\n')}\n`;
};
