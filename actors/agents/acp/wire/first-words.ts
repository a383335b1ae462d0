/**
 * What an agent says before its first answer. Programs print on the way to it: a byte order mark, escapes for a terminal,
 * a line of what they load. In front of a message such text costs itself and nothing more; what has no message in it is
 * remembered, for the person who is told that no answer came.
 */

/** A line with a message in it, and what stood around that. */
export type FoundMessage = { readonly message: string; readonly around: string };

const maxTries = 32;
const maxSearchedCharacters = 1_000_000;
const maxUnreadLines = 3;
const maxUnreadCharacters = 200;

/**
 * The message that a line has behind or between other text: an object of JSON that is a request or an answer. Null without.
 * @example
 * messageIn('Loading… {"jsonrpc":"2.0","id":0,"result":{}}') // => { message: '{"jsonrpc":"2.0","id":0,"result":{}}', around: 'Loading… ' }
 * messageIn('Loading {config}') // => null
 */
export const messageIn = (line: string): FoundMessage | null => {
  if (line.length > maxSearchedCharacters) return null;
  const end = line.lastIndexOf('}') + 1;
  let from = line.indexOf('{');
  for (let tries = 0; from !== -1 && from < end && tries < maxTries; tries += 1) {
    const message = line.slice(from, end);
    if (isMessage(message)) return { message, around: line.slice(0, from) + line.slice(end) };
    from = line.indexOf('{', from + 1);
  }
  return null;
};

const isMessage = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return false;
    return 'jsonrpc' in value || ('id' in value && ('result' in value || 'error' in value));
  } catch {
    return false;
  }
};

export const createFirstWords = () => {
  const unread: string[] = [];
  return {
    messageIn,
    /** This line could not be read. */
    notRead: (line: string): void => {
      if (unread.length < maxUnreadLines) unread.push(line.trim().slice(0, maxUnreadCharacters));
    },
    /** An answer came: what was said in its place before is no news any more. */
    answered: (): void => {
      unread.length = 0;
    },
    /** The first lines since the last answer that could not be read, each cut. */
    unread: (): readonly string[] => unread,
  };
};
