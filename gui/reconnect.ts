/**
 * How this page comes back to a runtime that was started again. Its cookie died with the old one; what it keeps, in
 * memory and nowhere else, is a key with which it can show that it had been let in.
 */

import { reconnectProof } from '../actors/protocol/reconnect-proof.ts';
import type { ReconnectKey } from '../actors/protocol/window.ts';
import { ApiError, call } from './api.ts';

export type RuntimeFound = 'there' | 'gone' | 'refused';

let key: ReconnectKey | null = null;
let probing: Promise<RuntimeFound> | null = null;

/** Gets a key while the page is let in; without one, a restart of the runtime means opening the window anew. */
export const learnReconnectKey = async (): Promise<void> => {
  key ??= await call('reconnectKey', { body: {} }).catch(() => null);
};

/** Whether the runtime is there and lets this page in; tries to be let in again. Several who ask share one attempt. */
export const findRuntime = (): Promise<RuntimeFound> => {
  probing ??= probe().finally(() => {
    probing = null;
  });
  return probing;
};

const probe = async (): Promise<RuntimeFound> => {
  try {
    await call('health', {});
    return 'there';
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0) return 'gone';
    if (error.status !== 401 && error.status !== 403) return 'there';
    return (await comeBack()) ? 'there' : 'refused';
  }
};

const comeBack = async (): Promise<boolean> => {
  if (key === null) return false;
  const { id } = key;
  try {
    const challenge = await call('reconnect', { body: { id } });
    if (challenge.kind !== 'challenge') return false;
    const { nonce } = challenge;
    const proof = await reconnectProof(key.key, nonce, Number(location.port || 80));
    return (await call('reconnect', { body: { id, answer: { nonce, proof } } })).kind === 'welcome';
  } catch {
    return false;
  }
};
