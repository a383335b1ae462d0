/**
 * How a page that was let in and the runtime's successor show each other who they are. The cookie died with the runtime
 * that gave it, on purpose: whoever else listens on the port in the meantime is sent it. The key never leaves the page;
 * a proof holds for one nonce, so that one that was sent to an impostor opens nothing, and what an impostor answers
 * is known for that.
 */
const encoder = new TextEncoder();

/**
 * What the page shows for the runtime's nonce, in base64url. The port is that at which it asked: elsewhere the proof is
 * worth nothing. `said` is what it says beside it, so that nobody on the way can say something else.
 */
export const pageProof = (key: string, nonce: string, port: number, said: string): Promise<string> =>
  sign(key, `page:${nonce}:${port}:${said}`);

/** What the runtime shows for the page's nonce, in the same way; `said` is the URL that it lets the page in by, if any. */
export const runtimeProof = (key: string, nonce: string, port: number, said: string): Promise<string> =>
  sign(key, `runtime:${nonce}:${port}:${said}`);

/** Needs only Web Crypto, which browsers and Node share. */
const sign = async (key: string, text: string): Promise<string> => {
  const imported = await crypto.subtle.importKey('raw', encoder.encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const signed = await crypto.subtle.sign('HMAC', imported, encoder.encode(text));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(signed)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
};
