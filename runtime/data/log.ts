/**
 * What the runtime did, as lines of JSON in `runtime.log`. Written synchronously: the last line before a crash is the
 * one that is wanted. No logging library: the smallest of them costs a quarter of `node -e 0` at every start.
 */
import { closeSync, constants, existsSync, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { redacted, redactSecrets } from '../../actors/protocol/facts/redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Facts beside the message. What is under `error` is written with its code, hint and chain of causes. */
export type LogDetails = Readonly<Record<string, unknown>>;

/** No method raises, whatever it is given and whatever the disk does. */
export type Log = {
  readonly debug: (message: string, details?: LogDetails) => void;
  readonly info: (message: string, details?: LogDetails) => void;
  readonly warn: (message: string, details?: LogDetails) => void;
  readonly error: (message: string, details?: LogDetails) => void;
  readonly close: () => void;
};

export type LogOptions = {
  /** The file; null writes none. */
  readonly path: string | null;
  /** Texts that must never be written, whole or within another one: the token, keys that agents are given. */
  readonly secrets?: readonly string[];
  /** Where readable lines go as well, with the level and the message that each was made of. */
  readonly pretty?: (line: string, level: LogLevel, message: string) => void;
  readonly level?: LogLevel;
  readonly now?: () => number;
  /** The size at which the file is set aside as `.1`, in place of the one before. */
  readonly maxBytes?: number;
};

const maxFileBytes = 8 * 1024 * 1024;
const maxTextCharacters = 8_000;
const maxLineCharacters = 64_000;
const maxCauses = 8;
const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Opens a log. Raises what the system says when the file cannot be opened; nothing after that. */
export const openLog = (options: LogOptions): Log => {
  const now = options.now ?? Date.now;
  const least = levels.indexOf(options.level ?? 'info');
  const secrets = (options.secrets ?? []).filter((secret) => secret.length >= 8);
  const file = options.path === null ? null : openLogFile(options.path, options.maxBytes ?? maxFileBytes);

  const redact: Redact = (text) => redactSecrets(text, secrets);

  const write = (level: LogLevel, message: string, details: LogDetails = {}): void => {
    if (levels.indexOf(level) < least) return;
    try {
      const time = new Date(now()).toISOString();
      // Each text by itself, because a cut or an escape would hide one; then the line, because names hold secrets too.
      file?.append(`${redact(asJson({ time, level, message }, details, redact))}\n`);
      options.pretty?.(redact(prettyLine(time, level, message, details, redact)), level, redact(message));
    } catch {
      // A full disk or a closed terminal is no reason to stop, and there is nowhere left to say so.
    }
  };

  return {
    debug: (message, details) => write('debug', message, details),
    info: (message, details) => write('info', message, details),
    warn: (message, details) => write('warn', message, details),
    error: (message, details) => write('error', message, details),
    close: () => file?.close(),
  };
};

type Redact = (text: string) => string;

const secretName = /^(authorization|cookie|.*(token|secret|password|passwd|api[-_]?key))$/i;

type LogFile = { readonly append: (line: string) => void; readonly close: () => void };

/** A file that grows line by line, and is set aside as `.1` when it has become too long. */
export const openLogFile = (path: string, maxBytes: number): LogFile => {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
  let descriptor = openSync(path, flags, 0o600);
  let size = fstatSync(descriptor).size;
  // The old file is closed only when the new one is open. Until then its number is ours, and afterwards nobody's: a
  // number that was given back may be that of a file of somebody else already.
  const setAside = (): void => {
    let next: number;
    try {
      if (existsSync(path)) renameSync(path, `${path}.1`);
      next = openSync(path, flags, 0o600);
    } catch {
      // It goes on in the file it has, and the next line tries again; but it does not grow for ever.
      if (size > 2 * maxBytes) begin(descriptor);
      return;
    }
    closeSync(descriptor);
    begin(next);
  };
  const begin = (empty: number): void => {
    descriptor = empty;
    ftruncateSync(descriptor);
    size = 0;
  };
  if (size > maxBytes) setAside();
  return {
    append: (line) => {
      if (descriptor < 0) return;
      if (size > maxBytes) setAside();
      size += writeSync(descriptor, line);
    },
    close: () => {
      if (descriptor >= 0) closeSync(descriptor);
      descriptor = -1;
    },
  };
};

const asJson = (head: Record<string, unknown>, details: LogDetails, redact: Redact): string => {
  let line: string;
  try {
    line = stringify({ ...head, ...details }, redact);
  } catch (thrown) {
    return stringify({ ...head, unwritable: String(thrown) }, redact);
  }
  if (line.length <= maxLineCharacters) return line;
  return stringify({ ...head, tooLong: line.length, beginning: line.slice(0, 2_000) }, redact);
};

const stringify = (record: Record<string, unknown>, redact: Redact): string => {
  // The objects above the one at hand: only one that is within itself cannot be written, the same one twice can.
  const above: unknown[] = [];
  return JSON.stringify(record, function (this: unknown, key: string, value: unknown) {
    if (key !== '' && secretName.test(key) && value !== null && value !== undefined) return redacted;
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'string') return shortened(value, redact);
    if (value instanceof Error) return plainError(value);
    if (typeof value === 'object' && value !== null) {
      while (above.length > 0 && above.at(-1) !== this) above.pop();
      if (above.includes(value)) return '[circular]';
      above.push(value);
    }
    return value;
  });
};

const shortened = (text: string, redact: Redact): string => {
  if (text.length <= maxTextCharacters) return redact(text);
  // Redacted with some more of it first: the cut could leave too little of a secret for it to be recognised.
  const beginning = redact(text.slice(0, 2 * maxTextCharacters)).slice(0, maxTextCharacters);
  return `${beginning}… (${text.length} characters)`;
};

/** An error as data: what was wrong and what to do, and the same of what caused it. */
const plainError = (error: Error, depth = 0): Record<string, unknown> => {
  const code: unknown = 'code' in error ? error.code : undefined;
  const ours = error instanceof ThroughlineError ? error : undefined;
  const cause =
    error.cause instanceof Error
      ? depth < maxCauses
        ? plainError(error.cause, depth + 1)
        : '[more causes]'
      : error.cause;
  return {
    ...(ours === undefined ? { name: error.name } : {}),
    ...(code === undefined ? {} : { code }),
    message: error.message,
    ...(ours?.hint === undefined ? {} : { hint: ours.hint }),
    ...(ours?.details === undefined ? {} : { details: ours.details }),
    // Our own refusals say enough; where one of the others came from is worth its lines.
    ...(ours === undefined || ours.code === 'internal' ? { stack: error.stack } : {}),
    ...(cause === undefined ? {} : { cause }),
  };
};

const prettyLine = (time: string, level: LogLevel, message: string, details: LogDetails, redact: Redact): string => {
  const { error, ...others } = details;
  const facts = Object.entries(JSON.parse(stringify(others, redact)) as Record<string, unknown>).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const line = [time.slice(11, 19), level.padEnd(5), message, ...facts].join(' ');
  return printable(`${line}${error === undefined ? '' : `: ${errorLine(error)}`}`);
};

const errorLine = (thrown: unknown): string => {
  const words: string[] = [];
  let error: unknown = thrown;
  for (let depth = 0; error instanceof Error && depth < maxCauses; depth += 1, error = error.cause) {
    if (!words.includes(error.message)) words.push(error.message);
    if (error instanceof ThroughlineError && error.hint !== undefined) words.push(`(${error.hint})`);
  }
  return words.length === 0 ? String(thrown) : words.join(': ');
};

/** On one line and without what a terminal would obey: a log quotes what agents and repositories call things. */
const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
