/** Where a remote is, pure: what an address leads through, and what of it may be shown. */

export type RemoteAddress =
  | { readonly kind: 'network'; readonly host: string; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string };

const schemes = new Set(['http', 'https', 'ssh']);

/**
 * What an address leads to; null for one that names a program (`ext::`, `fd::`, a helper's own scheme) or that ssh or
 * git would take for an option.
 * @example
 * addressOf('git@github.com:ada/shop.git') // => { kind: 'network', host: 'github.com', path: 'ada/shop.git' }
 * addressOf('ext::sh -c evil') // => null
 */
export const addressOf = (address: string): RemoteAddress | null => {
  const isPlain = address !== '' && address.length <= 4096 && ![...address].some((character) => character < ' ');
  if (!isPlain || address.startsWith('-')) return null;
  if (/^[^/:]*::/.test(address)) return null;
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(address) ?? [];
  if (scheme === 'file') return rest.startsWith('/') ? { kind: 'folder', path: rest } : null;
  if (scheme !== undefined) {
    const [, host = '', path = ''] = /^(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.*)$/s.exec(rest) ?? [];
    return schemes.has(scheme) ? network(host, path) : null;
  }
  // As git reads it: a colon before the first slash is ssh's short form.
  const [, host, path = ''] = /^(?:[^/@:]*@)?([^/:]+):(.*)$/s.exec(address) ?? [];
  return host === undefined ? { kind: 'folder', path: address } : network(host, path);
};

const network = (host: string, path: string): RemoteAddress | null =>
  host === '' || host.startsWith('-') ? null : { kind: 'network', host: host.toLowerCase(), path };

/**
 * The address without a name and password in it.
 * @example
 * shownAddress('https://ada:secret@git.test/shop.git') // => 'https://git.test/shop.git'
 */
export const shownAddress = (address: string): string => address.replace(/^(https?:\/\/)[^/]*@/i, '$1');

/**
 * `OWNER/NAME` of a repository on GitHub, with its host (its own or that of an enterprise, as `gh` is told); else null.
 * @example
 * gitHubRepository('git@github.com:ada/shop.git') // => { host: 'github.com', repository: 'ada/shop' }
 */
export const gitHubRepository = (address: string): { readonly host: string; readonly repository: string } | null => {
  const to = addressOf(address);
  if (to?.kind !== 'network') return null;
  const host = to.host === 'ssh.github.com' ? 'github.com' : to.host;
  const [, owner, name] = /^\/?([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(to.path) ?? [];
  const isGitHub = host === 'github.com' || /(?:^|\.)(?:github|ghe)\./.test(host);
  if (!isGitHub || owner === undefined || name === undefined || /^[.-]/.test(owner) || /^[.-]/.test(name)) return null;
  return { host, repository: `${owner}/${name}` };
};
