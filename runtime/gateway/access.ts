/**
 * How a browser gets in without ever seeing the token. A one-time ticket in a URL is exchanged for a cookie; the
 * cookie's secret is random and lives as long as this runtime does. Cookies know no ports, so whoever listens on
 * loopback may be sent one: it must be worth nothing to a later runtime.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ThroughlineError } from '../../actors/protocol/error.ts';
import { reconnectProof } from '../../actors/protocol/reconnect-proof.ts';
import type { ReconnectKey } from '../../actors/protocol/window.ts';

export type Access = {
  /** `id` names the ticket to `ticketState`, and lets nobody in. */
  readonly issueTicket: () => { readonly url: string; readonly expiresAt: number; readonly id: string };
  /** The cookie for a ticket, which is used up by it; null for one that is unknown, used or late. */
  readonly redeemTicket: (ticket: string) => string | null;
  readonly ticketState: (id: string) => 'waiting' | 'used' | 'gone';
  /** Whether a Cookie header holds a secret that was given out. */
  readonly admits: (cookieHeader: string) => boolean;
  readonly reconnectKey: () => ReconnectKey;
  /** A nonce, good for one answer. */
  readonly challenge: () => string;
  /** The cookie for a page that proves it was let in before. Raises `request.unauthorized`. */
  readonly reconnect: (answer: {
    readonly id: string;
    readonly nonce: string;
    readonly proof: string;
  }) => Promise<string>;
};

export const ticketPath = '/open/';
const ticketLifeMs = 60_000;
const nonceLifeMs = 30_000;
/** Of each kind; the oldest goes for the newest. Enough for every window and browser of a person. */
const maxKept = 100;

export const createAccess = (options: {
  readonly token: string;
  /** Known when the server listens. */
  readonly port: () => number;
  readonly now?: () => number;
}): Access => {
  const { token, port, now = Date.now } = options;
  const tickets = createShelf(now);
  const waitingIds = createShelf(now);
  const usedIds = createShelf(now);
  const nonces = createShelf(now);
  const secrets = createShelf(now);

  const keyOf = (id: string): string => createHmac('sha256', token).update(`reconnect:${id}`).digest('base64url');

  const newCookie = (): string => {
    const secret = random();
    secrets.put(secret, Number.POSITIVE_INFINITY);
    return `${cookieName(port())}=${secret}; HttpOnly; SameSite=Strict; Path=/api`;
  };

  return {
    issueTicket: () => {
      const ticket = random();
      const id = idOfTicket(ticket);
      const expiresAt = now() + ticketLifeMs;
      tickets.put(ticket, expiresAt);
      waitingIds.put(id, expiresAt);
      return { url: `http://127.0.0.1:${port()}${ticketPath}${ticket}`, expiresAt, id };
    },
    redeemTicket: (ticket) => {
      if (!tickets.take(ticket)) return null;
      usedIds.put(idOfTicket(ticket), now() + ticketLifeMs);
      return newCookie();
    },
    ticketState: (id) => (usedIds.has(id) ? 'used' : waitingIds.has(id) ? 'waiting' : 'gone'),
    admits: (cookieHeader) => cookieValues(cookieHeader, cookieName(port())).some((value) => secrets.has(value)),
    reconnectKey: () => {
      const id = random();
      return { id, key: keyOf(id) };
    },
    challenge: () => {
      const nonce = random();
      nonces.put(nonce, now() + nonceLifeMs);
      return nonce;
    },
    reconnect: async ({ id, nonce, proof }) => {
      const isKnown = nonces.take(nonce);
      const expected = await reconnectProof(keyOf(id), nonce, port());
      if (isKnown && isEqual(expected, proof)) return newCookie();
      throw new ThroughlineError('request.unauthorized', 'this page was not let in before', {
        hint: 'run `throughline` again: it opens the window with a new way in',
      });
    },
  };
};

const random = (): string => randomBytes(32).toString('base64url');

/** Tells nothing of the ticket, which is random. */
const idOfTicket = (ticket: string): string => createHmac('sha256', 'ticket').update(ticket).digest('base64url');

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
