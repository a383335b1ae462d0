/** Requests as a browser makes them: it takes every name below `localhost` for loopback, which Node's resolver may not. */
import { type IncomingHttpHeaders, request } from 'node:http';

export type BrowserAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** What a browser would send from now on: name and value. */
  readonly cookie: string;
};

/** Asks without following where an answer leads. */
export const askAsBrowser = (
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly address?: string;
  } = {},
): Promise<BrowserAnswer> =>
  new Promise((resolve, reject) => {
    const { host, port, pathname, search } = new URL(url);
    const { method = 'GET', headers = {}, body, address = '127.0.0.1' } = options;
    // A connection of its own: a kept one may have been closed while this process was busy.
    const sent = {
      agent: false,
      host: address,
      port,
      path: pathname + search,
      method,
      headers: { ...headers, host },
    };
    request(sent, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      answer.on('error', reject).on('end', () => {
        const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, cookie });
      });
    })
      .on('error', reject)
      .end(body);
  });
