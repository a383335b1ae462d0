/**
 * Takes out of a text what looks like a secret: for logs, error messages and other diagnostics, which people read aloud
 * and paste into reports. It is no use against somebody who means to hide one, and the history is not put through it:
 * what an agent said is kept as it was said.
 */

export const redacted = '[redacted]';

/** Each costs time in proportion to the text, whatever that is: no part without a bound can begin anywhere. */
const shapes: readonly RegExp[] = [
  // Keys of model providers, of which `sk-` has become the custom.
  /\bsk-[\w-]{16,}/g,
  /\b(?:gsk|hf|npm|xai)[_-]\w{24,}/g,
  /\bAIza[\w-]{30,}/g,
  // GitHub, GitLab, Slack, Stripe, AWS.
  /\b(?:gh[pousr]|github_pat)_\w{20,}/g,
  /\bglpat-[\w-]{16,}/g,
  /\bxox[a-z]-[\w-]{10,}/g,
  /\b[srp]k_(?:live|test)_\w{16,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  // A JSON web token, its signature or not.
  /\beyJ[\w-]{8,1024}\.[\w-]{8,}(?:\.[\w-]*)?/g,
];

/** What comes after these is a secret, whatever it looks like. */
const announced: readonly RegExp[] = [
  /\b(Bearer\s{1,8})[\w.~+/=-]{8,}/gi,
  /\b(Basic\s{1,8})[A-Za-z0-9+/]{8,}={0,2}/g,
  /\b(\w{1,20}:\/\/)[^\s/@:"']{0,256}:[^\s/@"']{1,256}(?=@)/g,
  /\b([A-Z0-9_]{0,64}(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_KEY|ACCESS_KEY|PRIVATE_KEY)[A-Z0-9_]{0,32}=)[^\s"']{4,}/g,
];

/**
 * The text with `[redacted]` in the place of what looks like a secret, and of every one of `known`.
 * @example
 * redactSecrets('curl -H "Authorization: Bearer 0123456789"') // => 'curl -H "Authorization: Bearer [redacted]"'
 * redactSecrets('it is swordfish', ['swordfish']) // => 'it is [redacted]'
 */
export const redactSecrets = (text: string, known: readonly string[] = []): string => {
  let clean = text;
  for (const secret of known) clean = clean.replaceAll(secret, redacted);
  clean = withoutPrivateKeys(clean);
  for (const shape of shapes) clean = clean.replace(shape, redacted);
  for (const shape of announced) clean = clean.replace(shape, `$1${redacted}`);
  return clean;
};

/**
 * The last `maxCharacters` of a text, redacted. A secret that the cut goes through would not be recognised by its end,
 * so that word goes as well.
 * @example
 * redactedTail('API_TOKEN=0123456789 failed', 15) // => ' failed'
 */
export const redactedTail = (text: string, maxCharacters: number, known: readonly string[] = []): string => {
  if (text.length <= maxCharacters) return redactSecrets(text, known);
  const tail = text.slice(-maxCharacters);
  const wordEnd = tail.search(/\s/);
  return wordEnd === -1 ? redacted : redactSecrets(tail.slice(wordEnd), known);
};

const keyMarks = /-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;

/** Whole keys, and what is left of one whose beginning or end was cut off. */
const withoutPrivateKeys = (text: string): string => {
  let clean = '';
  /** Up to here the text was looked at. */
  let from = 0;
  let isInside = false;
  for (const { 0: mark, 1: kind, index } of text.matchAll(keyMarks)) {
    const before = text.slice(from, index);
    if (kind === 'BEGIN' && !isInside) clean += before + redacted;
    else if (kind === 'END' && !isInside) clean += withoutKeyLines(before) + redacted;
    isInside = kind === 'BEGIN';
    from = index + mark.length;
  }
  return isInside ? clean : clean + text.slice(from);
};

/** Without the lines of a key at its end. */
const withoutKeyLines = (text: string): string => {
  let end = text.length;
  while (end > 0 && /[A-Za-z0-9+/=\s]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};
