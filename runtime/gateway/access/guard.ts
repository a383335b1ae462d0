/**
 * Who may ask at all. Pure: it looks at a request's line and headers and gives the refusal, or null to let it in. Other
 * people's pages reach loopback too: by a form or a WebSocket (cross-site request forgery, CSRF), by a name that is
 * bound anew to 127.0.0.1 (DNS rebinding). So the token alone is not relied on: Host and Origin must be ours as well.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Connection } from './peer-user.ts';
import { plainHosts } from './window-host.ts';

export type GuardPolicy = {
  readonly port: number;
  readonly token: string;
  /** Whether a host's name, without its port, is one of ours beside those that everybody knows. */
  readonly isOurs?: (name: string) => boolean;
  /** Whether a Cookie header holds what this runtime gave a browser at that host, and comes from its user. */
  readonly admits?: (cookieHeader: string, host: string, connection: Connection) => boolean;
};

/** What is looked at, as Node's IncomingMessage has it. The raw headers, because the parsed ones hide duplicates. */
export type GuardedRequest = {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly socket?: Connection;
};

/** The reason to refuse a request, or null. The same for HTTP requests and for WebSocket upgrades. */
export const guardRequest = (request: GuardedRequest, policy: GuardPolicy): ThroughlineError | null =>
  guardPlace(request, policy) ?? guardIdentity(request, policy);

/** The same for what holds no secret and changes nothing: only from where and to where is looked at, not who asks. */
export const guardPlace = (request: GuardedRequest, policy: GuardPolicy): ThroughlineError | null => {
  const { url = '', rawHeaders } = request;
  // The whole-URL form of the request line overrides Host, for those who read it that way.
  if (!url.startsWith('/')) return misdirected('the request line does not begin with a path');
  const hosts = valuesOf(rawHeaders, 'host');
  const [host = ''] = hosts;
  if (hosts.length !== 1) return misdirected(`there are ${hosts.length} Host headers`);
  if (!isOurHost(host, policy)) return misdirected('the Host header names another host');
  const origins = valuesOf(rawHeaders, 'origin');
  if (origins.length > 1 || (origins[0] !== undefined && origins[0] !== `http://${host}`)) {
    return new ThroughlineError('request.forbidden', 'this page may not talk to the runtime', {
      hint: 'only pages that the runtime itself serves may',
    });
  }
  if (carriesToken(url, policy.token)) {
    return new ThroughlineError('input.invalid', 'a token has no place in a URL, where logs and histories keep it', {
      hint: 'send it as the header `Authorization: Bearer TOKEN`',
    });
  }
  return null;
};

const guardIdentity = (request: GuardedRequest, policy: GuardPolicy): ThroughlineError | null => {
  const { rawHeaders, socket = {} } = request;
  const authorizations = valuesOf(rawHeaders, 'authorization');
  const given = /^Bearer +(\S+)$/i.exec(authorizations[0] ?? '')?.[1];
  if (authorizations.length === 1 && given !== undefined && isEqual(given, policy.token)) return null;
  const cookies = valuesOf(rawHeaders, 'cookie');
  // With an Authorization header the cookie is not looked at: who sends a token means that.
  const [host = ''] = valuesOf(rawHeaders, 'host');
  if (authorizations.length === 0 && cookies.length === 1 && policy.admits?.(cookies[0] ?? '', host, socket)) {
    return guardBrowser(request);
  }
  return new ThroughlineError('request.unauthorized', 'the token is missing or wrong', {
    hint: 'send the content of the file `token` in the data directory as `Authorization: Bearer TOKEN`',
  });
};

/**
 * A browser sends its cookie by itself, so the request must show that a page of ours made it: what can change something
 * names its origin (and that was looked at), and what only reads is not made for a page from elsewhere.
 */
const guardBrowser = ({ method = 'GET', rawHeaders }: GuardedRequest): ThroughlineError | null => {
  const isUpgrade = valuesOf(rawHeaders, 'upgrade').length > 0;
  const onlyReads = (method === 'GET' || method === 'HEAD') && !isUpgrade;
  const hasOrigin = valuesOf(rawHeaders, 'origin').length === 1;
  const site = valuesOf(rawHeaders, 'sec-fetch-site')[0] ?? 'same-origin';
  if ((onlyReads || hasOrigin) && (site === 'same-origin' || site === 'none')) return null;
  return new ThroughlineError('request.forbidden', 'a cookie alone is not enough for this request', {
    hint: 'only pages that the runtime itself serves may',
  });
};

const isOurHost = (host: string, { port, isOurs }: GuardPolicy): boolean => {
  const end = `:${port}`;
  const name = host.slice(0, -end.length);
  return host.endsWith(end) && (plainHosts.includes(name) || isOurs?.(name) === true);
};

const carriesToken = (url: string, token: string): boolean =>
  holdsToken(url, token) || /[?&](access_)?token=/i.test(url) || /[?&]authorization=/i.test(url);

/** A URL is looked at before anybody has shown who he is: a search that ends early would tell how much of a guess is right. */
const holdsToken = (url: string, token: string): boolean => {
  const [text, sought] = [Buffer.from(url), Buffer.from(token)];
  let isThere = false;
  for (let end = sought.length; end <= text.length; end += 1) {
    if (timingSafeEqual(text.subarray(end - sought.length, end), sought)) isThere = true;
  }
  return isThere;
};

/** Compared as hashes, which have one length: neither length nor content of the token shows in the time it takes. */
const isEqual = (left: string, right: string): boolean => timingSafeEqual(hashOf(left), hashOf(right));

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const valuesOf = (rawHeaders: readonly string[], name: string): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);

const misdirected = (message: string): ThroughlineError =>
  new ThroughlineError('request.misdirected', message, {
    hint: 'ask 127.0.0.1 with the port that the runtime gave out, directly',
  });
