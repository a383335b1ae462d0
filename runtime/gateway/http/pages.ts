/** What the gateway answers to a browser itself, without a token: the window's files, and the way in by a ticket. */
import type { IncomingMessage } from 'node:http';
import { ownWindowMark } from '../../window/own-window-mark.ts';
import { type Access, ticketPath } from '../access/access.ts';
import type { IsFromOurUser } from '../access/peer-user.ts';
import { answerHeaders, pageHeaders } from './headers.ts';
import { readPageFile } from './page-files.ts';
import { plainPage } from './plain-page.ts';
import { splitUrl } from './router.ts';

/** An answer that is no JSON. */
export type Page = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** The page for a request that `guardPlace` let in; null when the request is for the API. */
export type Pages = (request: IncomingMessage) => Promise<Page | null>;

export const createPages = (access: Access, isFromOurUser: IsFromOurUser, folders: readonly string[]): Pages => {
  const open = (ticket: string, search: string, { socket, headers }: IncomingMessage): Page => {
    // A browser is given the URL on its command line, which all users of the machine can read.
    if (!isFromOurUser(socket)) return refusedTicket;
    const cookie = access.redeemTicket(ticket, headers.host ?? '');
    if (cookie === null) return refusedTicket;
    // The window of our own keeps the mark it came with: it can be asked to come to the front.
    const location = `?${search}` === ownWindowMark ? `/${ownWindowMark}` : '/';
    return { status: 303, headers: { ...answerHeaders, location, 'set-cookie': cookie }, body: Buffer.alloc(0) };
  };

  return async (request) => {
    const { path, search } = splitUrl(request.url ?? '');
    if (path === '/api' || path.startsWith('/api/')) return null;
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    // A look ahead must not use up the ticket.
    if (path.startsWith(ticketPath) && request.method === 'GET') {
      return open(path.slice(ticketPath.length), search, request);
    }
    const file = await readPageFile(folders, path);
    if (file === null) return path === '/' ? notBuilt : null;
    const headers = pageHeaders(request.headers.host ?? '');
    return { status: 200, headers: { ...headers, 'content-type': file.contentType }, body: file.body };
  };
};

const said = (status: number, title: string, ...sentences: readonly string[]): Page => ({
  status,
  headers: { ...answerHeaders, 'content-type': 'text/html; charset=utf-8' },
  body: Buffer.from(plainPage(title, ...sentences)),
});

const refusedTicket = said(
  403,
  'This link does not open Throughline any more',
  'A link works once, and for a minute.',
  'Run `throughline` in a terminal: it opens the window with a new one. Your sessions go on meanwhile.',
);

const notBuilt = said(
  404,
  'The window was not built',
  'This copy of Throughline has no window in it. Run `node build.mjs` in its folder, then load this page again.',
);
