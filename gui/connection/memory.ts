/**
 * What windows remember, whichever browser they are in. The runtime keeps it: each has an origin of its own, so that the
 * browser's storage would be empty with each. Importing this waits for what is known, so that nothing is shown otherwise
 * first; a window that is not let in remembers nothing.
 */
import type { Remembered, RememberedName } from '../../actors/protocol/gateway/window.ts';
import { ApiError, type CallOptions, call } from './api.ts';

const patienceMs = 3_000;
/** While somebody types, not each letter is sent by itself. */
const pauseMs = 300;
/** What the runtime says of a name or a value that is none for it, and not of the moment. */
const refused: ReadonlySet<string> = new Set(['input.invalid', 'request.too_large']);

const recalled: Remembered | null = await call('recall', {}, { signal: AbortSignal.timeout(patienceMs) }).catch(
  () => null,
);
const known = new Map<string, unknown>(Object.entries(recalled ?? {}));
const unsaved = new Set<RememberedName>();
let isSaving = false;

/** What was remembered, if `isFit` accepts it: it may have been written by another version. */
export const recall = <Value>(name: RememberedName, isFit: (value: unknown) => value is Value): Value | null => {
  const value = known.get(name);
  return isFit(value) ? value : null;
};

/** Remembers any JSON in place of what was remembered under that name; null forgets it. */
export const remember = (name: RememberedName, value: unknown): void => {
  if (JSON.stringify(known.get(name) ?? null) === JSON.stringify(value)) return;
  known.set(name, value);
  // Of what is not known nothing is written over.
  if (recalled === null) return;
  unsaved.add(name);
  void saveRemembered();
};

/** Sends what the runtime does not have yet. While it does not answer, that waits: for the next time, or for `unsavedJson`. */
export const saveRemembered = async (): Promise<void> => {
  if (isSaving) return;
  isSaving = true;
  try {
    for (let [name] = unsaved; name !== undefined; [name] = unsaved) {
      await save(name);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  } catch {
    // What is remembered is a comfort, and nothing depends on it.
  } finally {
    isSaving = false;
  }
};

const save = async (name: RememberedName, options: CallOptions = {}): Promise<void> => {
  const value = known.get(name);
  try {
    await call('remember', { parameters: { name }, body: { value } }, options);
  } catch (error) {
    // What it does not take it would refuse again, and all that comes after it would wait.
    if (!(error instanceof ApiError && refused.has(error.code))) throw error;
  }
  if (known.get(name) === value) unsaved.delete(name);
};

globalThis.addEventListener?.('pagehide', () => {
  for (const name of unsaved) void save(name, { keepalive: true }).catch(() => {});
});

/** What the runtime does not have yet, for the one that takes its place. */
export const unsavedJson = (): string =>
  JSON.stringify(Object.fromEntries([...unsaved].map((name) => [name, known.get(name)])));
