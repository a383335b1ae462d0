/** What several texts say together: the repository's file, the patterns that it shares with others, the person's own. */
import type { SetupText } from './agreements.ts';
import { readSetup, type SetupError } from './read-setup.ts';
import { includeFile } from './setup-files.ts';
import type { Setup } from './setup-schema.ts';

export type WholeSetup =
  | { readonly kind: 'read'; readonly setup: Setup }
  | { readonly kind: 'wrong'; readonly errors: readonly SetupError[] };

/** Those that come later stand above the others: key by key, of `checks` and `landing` name by name. */
export const wholeSetup = (texts: readonly SetupText[]): WholeSetup => {
  const read = texts.filter(({ file }) => file !== includeFile).map(({ file, text }) => readSetup(file, text));
  const errors = read.flatMap((each) => (each.kind === 'wrong' ? each.errors : []));
  if (errors.length > 0) return { kind: 'wrong', errors };
  let whole = nothingSaid;
  for (const each of read) {
    if (each.kind === 'wrong') continue;
    const { setup, written } = each;
    const replaced = Object.fromEntries(Object.entries(setup).filter(([key]) => written.has(key)));
    whole = {
      ...whole,
      ...replaced,
      checks: { ...whole.checks, ...setup.checks },
      landing: { ...whole.landing, ...setup.landing },
    };
  }
  const unknown = read.flatMap((each) =>
    each.kind === 'wrong'
      ? []
      : (each.setup.landing.checks ?? []).flatMap((name, index) =>
          Object.hasOwn(whole.checks, name)
            ? []
            : [each.wrongAt(['landing', 'checks', index], `there is no check ${JSON.stringify(name)}`)],
        ),
  );
  if (unknown.length > 0) return { kind: 'wrong', errors: unknown };
  const included = texts.filter(({ file }) => file === includeFile).flatMap(({ text }) => patternsIn(text));
  return { kind: 'read', setup: { ...whole, copy: [...whole.copy, ...included] } };
};

const nothingSaid: Setup = { copy: [], setup: [], checks: {}, teardown: [], landing: {}, touches: [] };

const patternsIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.startsWith('#'));
