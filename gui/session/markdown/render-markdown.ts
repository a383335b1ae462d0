/**
 * An agent's markdown as blocks that are safe to show: what it wrote as HTML stays text, nothing is loaded, and a link
 * leads to http, https or mail, in another tab. Two allow lists, one behind the other: the renderer writes
 * nothing else, and the sanitiser lets nothing else through.
 */
import createDOMPurify, { type Config, type DOMPurify } from 'dompurify';
import { Marked, type Token } from 'marked';
import { visibleText } from '../text/visible.ts';

/** A piece of a message that is drawn by itself: as long as `source` is the same, so is what it looks like. */
export type MarkdownBlock = { readonly source: string; readonly render: () => DocumentFragment };

const allowedLink = /^(?:https?:\/\/|mailto:)/iu;

const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'a', 'span'],
    ...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'class', 'start', 'align'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: allowedLink,
  RETURN_DOM_FRAGMENT: true,
} as const satisfies Config;

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/gu, (character) => `&#${character.codePointAt(0) ?? 0};`);

const link = (href: string, inner: string): string =>
  allowedLink.test(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : `<span class="md-no-link">${inner}</span>`;

const marked = new Marked({
  gfm: true,
  breaks: true,
  async: false,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    // A picture would be fetched from whoever the agent names: its address is shown instead.
    image: ({ href, text }) => link(href, `[image: ${escapeHtml(text || href)}]`),
    link({ href, tokens }) {
      return link(href, this.parser.parseInline(tokens));
    },
    // Headings of an agent are no headings of the page.
    heading({ tokens, depth }) {
      return `<p class="md-heading md-heading-${depth}">${this.parser.parseInline(tokens)}</p>`;
    },
    code: ({ text, lang }) => {
      const language = /^[\w+#.-]{1,24}/u.exec(lang ?? '')?.[0];
      const label = language === undefined ? '' : `<span class="md-language">${escapeHtml(language)}</span>`;
      return `${label}<pre><code>${escapeHtml(text)}</code></pre>`;
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

export type Markdown = {
  /** Cuts a message into its blocks. */
  readonly blocksOf: (text: string) => readonly MarkdownBlock[];
};

export const createMarkdown = (): Markdown => {
  const sanitiser = createSanitiser();
  const render = (token: Token): DocumentFragment => sanitiser.sanitize(marked.parser([token]), allowed);
  return Object.freeze({
    blocksOf: (text) =>
      marked
        .lexer(visibleText(text))
        .flatMap((token): MarkdownBlock[] =>
          token.type === 'space' ? [] : [{ source: token.raw, render: () => render(token) }],
        ),
  } satisfies Markdown);
};

const createSanitiser = (): DOMPurify => {
  // An instance of our own: its hook concerns nobody else.
  const made = createDOMPurify(window);
  made.addHook('afterSanitizeAttributes', (node) => {
    if (node.nodeName !== 'A') return;
    const href = node.getAttribute('href') ?? '';
    if (!allowedLink.test(href)) {
      node.removeAttribute('href');
      return;
    }
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer');
    // Where a link leads is to be seen before it is followed, whatever its words say.
    node.setAttribute('title', href);
  });
  return made;
};
