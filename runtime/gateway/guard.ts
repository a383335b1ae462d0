/**
 * Who may ask at all. Pure: it looks at a request's line and headers and gives the refusal, or null to let it in.
 * Other people's pages reach loopback too (a form, a WebSocket, a name that is bound anew to 127.0.0.1), so the token
 * alone is not relied on: Host and Origin must be ours as well.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { ThroughlineError } from '../../actors/protocol/error.ts';

export type GuardPolicy = {
  readonly port: number;
  readonly token: string;
};

/** What is looked at, as Node's IncomingMessage has it. The raw headers, because the parsed ones hide duplicates. */
export type GuardedRequest = {
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
};

/** The reason to refuse a request, or null. The same for HTTP requests and for WebSocket upgrades. */
export const guardRequest = (request: GuardedRequest, policy: GuardPolicy): ThroughlineError | null => {
  const { url = '', rawHeaders } = request;
  // The whole-URL form of the request line overrides Host, for those who read it that way.
  if (!url.startsWith('/')) return misdirected('the request line does not begin with a path');
  const hosts = valuesOf(rawHeaders, 'host');
  const [host = ''] = hosts;
  if (hosts.length !== 1) return misdirected(`there are ${hosts.length} Host headers`);
  if (!isOurHost(host, policy.port)) return misdirected('the Host header names another host');
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
  const authorizations = valuesOf(rawHeaders, 'authorization');
  const given = /^Bearer +(\S+)$/i.exec(authorizations[0] ?? '')?.[1];
  if (authorizations.length === 1 && given !== undefined && isEqual(given, policy.token)) return null;
  return new ThroughlineError('request.unauthorized', 'the token is missing or wrong', {
    hint: 'send the content of the file `token` in the data directory as `Authorization: Bearer TOKEN`',
  });
};

const isOurHost = (host: string, port: number): boolean => host === `127.0.0.1:${port}` || host === `localhost:${port}`;

const carriesToken = (url: string, token: string): boolean =>
  url.includes(token) || /[?&](access_)?token=/i.test(url) || /[?&]authorization=/i.test(url);

/** Compared as hashes, which have one length: neither length nor content of the token shows in the time it takes. */
const isEqual = (left: string, right: string): boolean => timingSafeEqual(hashOf(left), hashOf(right));

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const valuesOf = (rawHeaders: readonly string[], name: string): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);

const misdirected = (message: string): ThroughlineError =>
  new ThroughlineError('request.misdirected', message, {
    hint: 'ask 127.0.0.1 with the port that the runtime gave out, directly',
  });
