/** From the text of `.throughline/config.json` to what it says, or to what is wrong in it, by line and column. */
import type * as z from 'zod';
import { nearest } from '../agents/nearest.ts';
import { lineAndColumn, readJson } from './json-places.ts';
import { type Setup, setupSchema } from './setup-schema.ts';

export type SetupError = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The keys that lead there, joined by dots; empty for the whole. */
  readonly place: string;
  /** What is wrong, with what to write in brackets. */
  readonly message: string;
};

export type ReadSetup =
  | {
      readonly kind: 'read';
      readonly setup: Setup;
      /** The keys that stand in it, of which it is not the default that counts. */
      readonly written: ReadonlySet<string>;
      /** An error at the value of a path. */
      readonly wrongAt: (path: readonly PropertyKey[], message: string) => SetupError;
    }
  | { readonly kind: 'wrong'; readonly errors: readonly SetupError[] };

const mostErrors = 20;

/** Reads one file. `file` is only named in errors. */
export const readSetup = (file: string, text: string): ReadSetup => {
  const told = (at: number, place: string, message: string): SetupError => ({
    file,
    ...lineAndColumn(text, at),
    place,
    message,
  });
  const json = readJson(text);
  if (json.kind === 'broken') return { kind: 'wrong', errors: [told(json.at, '', `it is no JSON: ${json.what}`)] };
  const parsed = setupSchema.safeParse(json.value);
  if (parsed.success) {
    return {
      kind: 'read',
      setup: parsed.data,
      written: new Set(Object.keys(Object(json.value))),
      wrongAt: (path, message) => told(json.placeOf(path).value, path.map(String).join('.'), message),
    };
  }
  const errors = parsed.error.issues.flatMap(plainIssues).map(({ path, message, isKey }) => {
    const place = json.placeOf(path);
    return told(isKey ? place.key : place.value, path.map(String).join('.'), message);
  });
  errors.sort((left, right) => left.line - right.line || left.column - right.column);
  return { kind: 'wrong', errors: errors.slice(0, mostErrors) };
};

type PlainIssue = { readonly path: readonly PropertyKey[]; readonly message: string; readonly isKey: boolean };

const plainIssues = (issue: z.core.$ZodIssue, _index = 0, _all: unknown = null): readonly PlainIssue[] => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: unknownKey(key, issue.path),
        isKey: true,
      }));
    case 'invalid_key':
      return [{ path: issue.path, message: issue.issues[0]?.message ?? issue.message, isKey: true }];
    case 'invalid_union': {
      const meant = likeliest(issue.errors);
      if (meant === null) return [{ path: issue.path, message: issue.message, isKey: false }];
      return meant.flatMap((each) => plainIssues({ ...each, path: [...issue.path, ...each.path] }));
    }
    default:
      return [{ path: issue.path, message: plainMessage(issue.message), isKey: false }];
  }
};

/** Of several forms that a value may have, the one that it means to be: the first whose kind of value it is. */
const likeliest = (forms: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null =>
  forms.find((issues) => !issues.some(isOfOtherKind)) ?? null;

const isOfOtherKind = (issue: z.core.$ZodIssue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' || (issue.code === 'invalid_union' && likeliest(issue.errors) === null));

const plainMessage = (message: string): string =>
  message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '');

const unknownKey = (key: string, path: readonly PropertyKey[]): string => {
  const near = nearest(key, keysAt(path));
  return near === null ? 'there is no such key' : `there is no such key (did you mean ${near}?)`;
};

const keysAt = (path: readonly PropertyKey[]): readonly string[] => {
  const [first, , third] = path;
  if (first === undefined) return Object.keys(setupSchema.shape).filter((key) => key !== '$schema');
  if (first === 'checks') return third === 'retry' ? ['tries', 'pause'] : ['command', 'timeout', 'when', 'retry'];
  return first === 'landing' ? ['how', 'checks', 'branch'] : ['command', 'timeout'];
};
