/**
 * How a browser gets in without ever seeing the token. A one-time ticket in a URL is exchanged for a cookie; the
 * cookie's secret is random, is good at the host it was given for and lives as long as this runtime does. Cookies know
 * no ports, so whoever listens on loopback may be sent one: it must be worth nothing to a later runtime, nor (see
 * `peer-user.ts`) in another user's hands.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { pageProof, runtimeProof } from '../../../actors/protocol/gateway/reconnect-proof.ts';
import type { ReconnectKey } from '../../../actors/protocol/gateway/window.ts';
import { plainHosts, type WindowHosts } from './window-host.ts';

export type Access = {
  /** `id` names the ticket to `ticketState`, and lets nobody in. */
  readonly issueTicket: () => { readonly url: string; readonly expiresAt: number; readonly id: string };
  /**
   * The cookie for a ticket, which is used up by it; null for one that is unknown, used or late, and at the host of an
   * earlier runtime, where nobody is let in. `host` is as the Host header has it, with the port.
   */
  readonly redeemTicket: (ticket: string, host: string) => string | null;
  readonly ticketState: (id: string) => 'waiting' | 'used' | 'gone';
  /** Whether a Cookie header holds a secret that was given out for that host. */
  readonly admits: (cookieHeader: string, host: string) => boolean;
  readonly reconnectKey: () => ReconnectKey;
  /** A nonce, good for one answer, and our proof for the page's. */
  readonly challenge: (page: {
    readonly id: string;
    readonly nonce: string;
  }) => Promise<{ readonly nonce: string; readonly proof: string }>;
  /**
   * The way in for a page at `host` that proves it was let in before, and our proof that it is ours. A page that came by
   * a name that everybody knows stays there: its browser may know no other. Raises `request.unauthorized`.
   */
  readonly reconnect: (
    page: { readonly id: string; readonly nonce: string },
    answer: { readonly nonce: string; readonly proof: string; readonly unsaved: string },
    host: string,
  ) => Promise<{ readonly url: string; readonly proof: string }>;
};

export const ticketPath = '/open/';
const ticketLifeMs = 60_000;
const nonceLifeMs = 30_000;
/** Of each kind; the oldest goes for the newest. Enough for every window and browser of a person. */
const maxKept = 100;

export const createAccess = (options: {
  readonly token: string;
  readonly hosts: WindowHosts;
  /** Known when the server listens. */
  readonly port: () => number;
  readonly now?: () => number;
}): Access => {
  const { token, hosts, port, now = Date.now } = options;
  const tickets = createShelf(now);
  const waitingIds = createShelf(now);
  const usedIds = createShelf(now);
  const nonces = createShelf(now);
  const secrets = createShelf(now);

  const keyOf = (id: string): string => createHmac('sha256', token).update(`reconnect:${id}`).digest('base64url');

  const isPlain = (host: string): boolean => plainHosts.some((name) => host === `${name}:${port()}`);
  const currentHost = (): string => `${hosts.current}:${port()}`;

  const issueTicket = (host: string): ReturnType<Access['issueTicket']> => {
    const ticket = random();
    const id = idOfTicket(ticket);
    const expiresAt = now() + ticketLifeMs;
    tickets.put(ticket, expiresAt);
    waitingIds.put(id, expiresAt);
    return { url: `http://${host}${ticketPath}${ticket}`, expiresAt, id };
  };

  return {
    issueTicket: () => issueTicket(currentHost()),
    redeemTicket: (ticket, host) => {
      if (host !== currentHost() && !isPlain(host)) return null;
      if (!tickets.take(ticket)) return null;
      usedIds.put(idOfTicket(ticket), now() + ticketLifeMs);
      const secret = random();
      secrets.put(secretAt(host, secret), Number.POSITIVE_INFINITY);
      return `${cookieName(port())}=${secret}; HttpOnly; SameSite=Strict; Path=/api`;
    },
    ticketState: (id) => (usedIds.has(id) ? 'used' : waitingIds.has(id) ? 'waiting' : 'gone'),
    admits: (cookieHeader, host) =>
      cookieValues(cookieHeader, cookieName(port())).some((secret) => secrets.has(secretAt(host, secret))),
    reconnectKey: () => {
      const id = random();
      return { id, key: keyOf(id) };
    },
    challenge: async (page) => {
      const nonce = random();
      nonces.put(nonce, now() + nonceLifeMs);
      return { nonce, proof: await runtimeProof(keyOf(page.id), page.nonce, port(), '') };
    },
    reconnect: async (page, { nonce, proof, unsaved }, host) => {
      const isKnown = nonces.take(nonce);
      const key = keyOf(page.id);
      if (isKnown && isEqual(await pageProof(key, nonce, port(), unsaved), proof)) {
        const { url } = issueTicket(isPlain(host) ? host : currentHost());
        return { url, proof: await runtimeProof(key, page.nonce, port(), url) };
      }
      throw new ThroughlineError('request.unauthorized', 'this page was not let in before', {
        hint: 'run `throughline` again: it opens the window with a new way in',
      });
    },
  };
};

const random = (): string => randomBytes(32).toString('base64url');

/** Tells nothing of the ticket, which is random. */
const idOfTicket = (ticket: string): string => createHmac('sha256', 'ticket').update(ticket).digest('base64url');

const secretAt = (host: string, secret: string): string => `${host} ${secret}`;

const cookieName = (port: number): string => `throughline_${port}`;

const cookieValues = (header: string, name: string): readonly string[] =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));

const isEqual = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Secrets that were given out, each until its time. Kept as hashes, so that looking one up tells nothing by its time. */
const createShelf = (now: () => number) => {
  const expiryByHash = new Map<string, number>();
  const hashOf = (secret: string): string => createHmac('sha256', 'throughline').update(secret).digest('base64url');
  const isGood = (hash: string): boolean => (expiryByHash.get(hash) ?? 0) > now();
  return {
    put: (secret: string, expiresAt: number): void => {
      for (const [hash, expiry] of expiryByHash) if (expiry <= now()) expiryByHash.delete(hash);
      const oldest = expiryByHash.keys().next();
      if (expiryByHash.size >= maxKept && oldest.value !== undefined) expiryByHash.delete(oldest.value);
      expiryByHash.set(hashOf(secret), expiresAt);
    },
    has: (secret: string): boolean => isGood(hashOf(secret)),
    /** Whether it is good; it is not any more after this. */
    take: (secret: string): boolean => {
      const hash = hashOf(secret);
      const good = isGood(hash);
      expiryByHash.delete(hash);
      return good;
    },
  };
};
