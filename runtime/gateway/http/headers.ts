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

/**
 * Headers of the window's page and its files. Script and style come from here alone and nothing stands in the page
 * itself, so what an agent said can neither run nor ask anybody. `host` was looked at by the guard; it is named because
 * not every engine counts a WebSocket to the same host as `'self'`.
 */
export const pageHeaders = (host: string): Readonly<Record<string, string>> => ({
  ...answerHeaders,
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ws://${host}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
});
