/**
 * How this page comes back to a runtime that was started again. Its cookie died with the old one; what it keeps, in
 * memory and nowhere else, is a key with which each shows the other that it is no stranger. The page does not stay here
 * then: whoever had the port meanwhile may have a hold on this origin, so it moves to the new runtime's own.
 */
import { pageProof, runtimeProof } from '../../actors/protocol/gateway/reconnect-proof.ts';
import type { ReconnectKey } from '../../actors/protocol/gateway/window.ts';
import { ApiError, type Call } from './api.ts';
import type { Doubt } from './doubt.ts';

/** `elsewhere`: this page is about to be left for the runtime that was found. */
export type RuntimeFound = 'there' | 'gone' | 'refused' | 'elsewhere';

export type Reconnect = {
  /** Gets a key while the page is let in; without one, a restart of the runtime means opening the window anew. */
  readonly learnKey: () => Promise<void>;
  /** Whether the runtime is there and lets this page in; tries to be let in again. Several who ask share one attempt. */
  readonly find: () => Promise<RuntimeFound>;
};

export type ReconnectDependencies = {
  readonly call: Call;
  readonly doubt: Doubt;
  /** What the runtime that is gone could not be told any more: it goes along with the page's proof. */
  readonly unsavedJson: () => string;
  /** Leaves the page for a one-time URL of the new runtime. */
  readonly leaveFor: (url: string) => void;
};

export const createReconnect = ({ call, doubt, unsavedJson, leaveFor }: ReconnectDependencies): Reconnect => {
  let key: ReconnectKey | null = null;
  let probing: Promise<RuntimeFound> | null = null;

  const find = (): Promise<RuntimeFound> => {
    doubt.raise(async () => (await find()) === 'there');
    probing ??= probe().then((found) => {
      // One way is enough, and the browser is on it.
      if (found !== 'elsewhere') probing = null;
      if (found === 'there') doubt.settle();
      return found;
    });
    return probing;
  };

  const probe = async (): Promise<RuntimeFound> => {
    try {
      if (key === null) return (await isLetIn()) ? 'there' : 'refused';
      const page = { id: key.id, nonce: crypto.randomUUID() };
      // Somebody else may listen here by now, who would be told what is written here, and believed.
      const challenge = await call('reconnect', { body: page });
      if (challenge.kind !== 'challenge' || !(await isProven(challenge.proof, key, page, ''))) return 'gone';
      if (await isLetIn()) return 'there';
      const { nonce } = challenge;
      const unsaved = unsavedJson();
      const proof = await pageProof(key.key, nonce, port(), unsaved);
      const welcome = await call('reconnect', { body: { ...page, answer: { nonce, proof, unsaved } } });
      if (welcome.kind !== 'welcome' || !(await isProven(welcome.proof, key, page, welcome.url))) return 'gone';
      leaveFor(welcome.url);
      return 'elsewhere';
    } catch (error) {
      return error instanceof ApiError && error.status >= 400 && error.status < 500 ? 'refused' : 'gone';
    }
  };

  const isLetIn = async (): Promise<boolean> => {
    try {
      await call('health', {});
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 0) throw error;
      return error.status !== 401 && error.status !== 403;
    }
  };

  return Object.freeze({
    find,
    learnKey: async () => {
      key ??= await call('reconnectKey', { body: {} }).catch(() => null);
    },
  } satisfies Reconnect);
};

const isProven = async (proof: string, { key }: ReconnectKey, page: { readonly nonce: string }, said: string) =>
  proof === (await runtimeProof(key, page.nonce, port(), said));

const port = (): number => Number(location.port || 80);
