/**
 * The cause that an error of an agent names. Many answer "Internal error" and put what happened into the data, or hand
 * their provider's JSON on as a text.
 */
export type AnsweredError = { readonly code: number; readonly said: string; readonly data: unknown };

/** Words that say no more than that there was an error. */
const saysNothing = /^(?:internal|server|unknown)(?: server)? error\.?$|^(?:error|request failed)\.?$|^$/iu;
const generalBeginning = /^(?:internal error|error):\s+/iu;
const maxDepth = 4;

/**
 * What happened, in the agent's or its provider's words.
 * @example
 * causeOf({ code: -32603, said: 'Internal error', data: { message: 'usage limit reached' } }) // => 'usage limit reached'
 * causeOf({ code: -32603, said: 'Internal error: too long', data: { errorKind: 'invalid_request' } }) // => 'too long'
 * causeOf({ code: 400, said: '{"error":{"code":400,"message":"bad key"}}', data: undefined }) // => 'bad key'
 */
export const causeOf = ({ said, data }: AnsweredError): string => {
  const words = causeInText(said);
  const told = textIn(data, maxDepth);
  if (told === null || words.includes(told)) return words === '' ? 'an error without words' : words;
  return saysNothing.test(words) || told.includes(words) ? told : `${words}: ${told}`;
};

/**
 * The words of a text that may hold a provider's error as JSON.
 * @example
 * causeInText('Error: {"error":{"message":"slow down"}}') // => 'slow down'
 */
export const causeInText = (text: string): string => unwrapped(text, maxDepth);

const unwrapped = (text: string, depth: number): string => {
  const words = text.trim().replace(generalBeginning, '');
  if (depth === 0 || !words.startsWith('{')) return words;
  try {
    return textIn(JSON.parse(words), depth - 1) ?? words;
  } catch {
    return words;
  }
};

const textIn = (data: unknown, depth: number): string | null => {
  if (typeof data === 'string') return data.trim() === '' ? null : unwrapped(data, depth);
  if (typeof data !== 'object' || data === null || depth === 0) return null;
  const fields: Readonly<Record<string, unknown>> = { ...data };
  for (const name of ['message', 'details', 'detail', 'error', 'title']) {
    const text = textIn(fields[name], depth - 1);
    if (text !== null) return text;
  }
  return null;
};
