/**
 * What the address of the window of our own ends with, from its one-time URL on: its page says by it that it can be
 * asked to come to the front, which a page in a browser can not.
 */
export const ownWindowMark = '?window';
