/** The address of a page that an agent asks a person to open. It is shown whole, and never fetched by us. */

export type PageAddress = {
  /** All of it, as a browser would read it: nothing in it is hidden, control characters are spelt. */
  readonly href: string;
  /** Whose page it is, whatever else the address pretends: name and port, other scripts than Latin in Punycode. */
  readonly host: string;
  /** Whether what is typed there can be read on the way. */
  readonly isPlain: boolean;
};

const maxCharacters = 8_192;

/**
 * Reads such an address; null for what is no page of the web, or longer than 8,192 characters.
 * @example
 * pageAddress('https://login.example@evil.example/x')?.host // => 'evil.example'
 * pageAddress('java\nscript:alert(1)') // => null
 */
export const pageAddress = (address: string): PageAddress | null => {
  if (address.length > maxCharacters || !URL.canParse(address)) return null;
  const { href, host, protocol } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? { href, host, isPlain: protocol === 'http:' } : null;
};
