/**
 * Headers of every answer. No CORS header is among them, ever: no other page is to read anything. Answers are data, so
 * nothing in them may run, be framed, guessed to be of another type, kept, or named in a Referer.
 */
export const answerHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
