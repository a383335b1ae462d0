/** Of which kind a failure of a model or its service was: by the fields that agents have for it, else by their words. */
import * as z from 'zod';
import type { FailureKind } from '../../protocol/facts/events.ts';
import { type AnsweredError, causeOf } from './error-cause.ts';

/** In this order: a text that names a limit and a broken connection is about the limit. */
const wordsOf: readonly (readonly [FailureKind, RegExp])[] = [
  [
    'context',
    /context_length_exceeded|context (?:window|length)|context exceeds|prompt is too long|too large to compact|maximum number of tokens/iu,
  ],
  [
    'limit',
    /\b429\b|rate[ _-]?limit|too many requests|usage limit|quota|credit balance|hit your .{0,40}limit|limiting requests/iu,
  ],
  ['authentication', /\b401\b|authenticat|unauthori[sz]ed|api[ _]key|not logged in/iu],
  ['service', /\b5\d\d\b|overloaded|at capacity|unavailable|server error|malformed response/iu],
  ['connection', /disconnect|connection|network|socket|terminated|timed out|timeout|econn|\beof\b/iu],
];

/**
 * The kind that a text tells of; null where it tells of none.
 * @example
 * kindInWords('exceeded retry limit, last status: 429 Too Many Requests') // => 'limit'
 * kindInWords('it did not work') // => null
 */
export const kindInWords = (text: string): FailureKind | null =>
  wordsOf.find(([, words]) => words.test(text.slice(0, 4_096)))?.[0] ?? null;

/** The words of codex, claude and opencode for what went wrong. */
const kindByWord: Readonly<Record<string, FailureKind>> = {
  usageLimitExceeded: 'limit',
  contextWindowExceeded: 'context',
  unauthorized: 'authentication',
  serverOverloaded: 'service',
  internalServerError: 'service',
  badRequest: 'request',
  rate_limit: 'limit',
  billing_error: 'limit',
  authentication_failed: 'authentication',
  server_error: 'service',
  ContextOverflowError: 'context',
  ProviderAuthError: 'authentication',
};

const httpStatus = z.object({ httpStatusCode: z.number().nullish() });
const fieldsOfData = z.looseObject({
  codexErrorInfo: z
    .union([z.string(), z.record(z.string(), httpStatus.catch({}))])
    .nullish()
    .catch(null),
  errorKind: z.string().nullish().catch(null),
  errorName: z.string().nullish().catch(null),
});

/** The kind of an error that an agent answered with; null where nothing tells. */
export const kindOfError = (error: AnsweredError): FailureKind | null => {
  // The protocol's own code for it.
  if (error.code === -32_000) return 'authentication';
  const fields = fieldsOfData.safeParse(error.data);
  const named = fields.success
    ? (kindOfCodexInfo(fields.data.codexErrorInfo) ?? kindOf(fields.data.errorKind) ?? kindOf(fields.data.errorName))
    : null;
  if (named !== null) return named;
  const inWords = kindInWords(causeOf(error)) ?? kindOfStatus(error.code);
  return inWords ?? (fields.success && fields.data.errorKind === 'invalid_request' ? 'request' : null);
};

/** The kind that codex names, as a word or as a word with the status of its service. */
export const kindOfCodexInfo = (info: unknown): FailureKind | null => {
  if (typeof info === 'string') return kindOf(info);
  const parsed = z.record(z.string(), httpStatus).safeParse(info);
  const [named] = parsed.success ? Object.entries(parsed.data) : [];
  return named === undefined ? null : (kindOfStatus(named[1].httpStatusCode ?? 0) ?? kindOf(named[0]));
};

const kindOf = (word: string | null | undefined): FailureKind | null =>
  typeof word === 'string' && Object.hasOwn(kindByWord, word) ? (kindByWord[word] ?? null) : null;

const kindOfStatus = (status: number): FailureKind | null => {
  if (status === 429) return 'limit';
  if (status === 401 || status === 403) return 'authentication';
  if (status >= 500 && status < 600) return 'service';
  return status === 400 || status === 422 ? 'request' : null;
};
