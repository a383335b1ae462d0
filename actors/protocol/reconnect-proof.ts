/**
 * How a page that was let in shows it to the runtime's successor. The cookie died with the runtime that gave it, on
 * purpose: whoever else listens on the port in the meantime is sent it. The key never leaves the page; the proof holds
 * for one nonce and one port, so that one that was sent to an impostor opens nothing.
 */
const encoder = new TextEncoder();

/** The proof for a nonce, in base64url. Needs only Web Crypto, which browsers and Node share. */
export const reconnectProof = async (key: string, nonce: string, port: number): Promise<string> => {
  const imported = await crypto.subtle.importKey('raw', encoder.encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const signed = await crypto.subtle.sign('HMAC', imported, encoder.encode(`${nonce}:${port}`));
  const text = btoa(String.fromCharCode(...new Uint8Array(signed)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
};
