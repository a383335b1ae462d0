/**
 * What windows remember, whichever browser they are in. The runtime keeps it: each has an origin of its own, so that the
 * browser's storage would be empty with each.
 */
import type { Remembered, RememberedName } from '../../actors/protocol/gateway/window.ts';
import { ApiError, type Call, type CallOptions } from './api.ts';

export type Memory = {
  /** What was remembered, if `isFit` accepts it: it may have been written by another version. */
  readonly recall: <Value>(name: RememberedName, isFit: (value: unknown) => value is Value) => Value | null;
  /** Remembers any JSON in place of what was remembered under that name; null forgets it. */
  readonly remember: (name: RememberedName, value: unknown) => void;
  /** Sends what the runtime does not have yet. While it does not answer, that waits: for the next time, or for `unsavedJson`. */
  readonly save: () => Promise<void>;
  /** Sends the same while the page is left, by requests that outlive it. */
  readonly saveAtLeave: () => void;
  /** What the runtime does not have yet, for the one that takes its place. */
  readonly unsavedJson: () => string;
};

const patienceMs = 3_000;
/** While somebody types, not each letter is sent by itself. */
const pauseMs = 300;
/** What the runtime says of a name or a value that is none for it, and not of the moment. */
const refused: ReadonlySet<string> = new Set(['input.invalid', 'request.too_large']);

/**
 * Asks the runtime for what is remembered, and waits for it up to three seconds, so that nothing is shown otherwise first.
 * A window that is not let in remembers nothing.
 */
export const openMemory = async (call: Call): Promise<Memory> => {
  const recalled: Remembered | null = await call('recall', {}, { signal: AbortSignal.timeout(patienceMs) }).catch(
    () => null,
  );
  return createMemory(call, recalled);
};

/** A window's memory that begins with what is `recalled`; with null nothing is known, and nothing is written over. */
export const createMemory = (call: Call, recalled: Remembered | null): Memory => {
  const known = new Map<string, unknown>(Object.entries(recalled ?? {}));
  const unsaved = new Set<RememberedName>();
  let isSaving = false;

  const saveOne = async (name: RememberedName, options: CallOptions = {}): Promise<void> => {
    const value = known.get(name);
    try {
      await call('remember', { parameters: { name }, body: { value } }, options);
    } catch (error) {
      // What it does not take it would refuse again, and all that comes after it would wait.
      if (!(error instanceof ApiError && refused.has(error.code))) throw error;
    }
    if (known.get(name) === value) unsaved.delete(name);
  };

  const save = async (): Promise<void> => {
    if (isSaving) return;
    isSaving = true;
    try {
      for (let [name] = unsaved; name !== undefined; [name] = unsaved) {
        await saveOne(name);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    } catch {
      // What is remembered is a comfort, and nothing depends on it.
    } finally {
      isSaving = false;
    }
  };

  return Object.freeze({
    recall: (name, isFit) => {
      const value = known.get(name);
      return isFit(value) ? value : null;
    },
    remember: (name, value) => {
      if (JSON.stringify(known.get(name) ?? null) === JSON.stringify(value)) return;
      known.set(name, value);
      // Of what is not known nothing is written over.
      if (recalled === null) return;
      unsaved.add(name);
      void save();
    },
    save,
    saveAtLeave: () => {
      for (const name of unsaved) void saveOne(name, { keepalive: true }).catch(() => {});
    },
    unsavedJson: () => JSON.stringify(Object.fromEntries([...unsaved].map((name) => [name, known.get(name)]))),
  } satisfies Memory);
};
