import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Actions } from '../../shell/actions.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { PlainText } from '../text/plain-text.tsx';
import type { Markdown } from './render-markdown.ts';

/** Beyond this a message is shown as plain text: reading its markdown anew for every piece would take too long. */
const maxCharacters = 200_000;

type MarkdownTextProps = { readonly text: string; readonly markdown: Markdown };

/**
 * A message of an agent. While it streams, only the blocks that changed are drawn anew, so that nothing jumps and a
 * selection further up stays.
 */
export const MarkdownText = ({ text, markdown }: MarkdownTextProps) =>
  text.length > maxCharacters ? <PlainText text={text} /> : <Blocks text={text} markdown={markdown} />;

const Blocks = ({ text, markdown }: MarkdownTextProps) => {
  const { copyText } = useWindow().actions;
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<readonly string[]>([]);
  useLayoutEffect(() => {
    const parent = element.current;
    if (parent === null) return;
    const blocks = markdown.blocksOf(text);
    for (const [index, block] of blocks.entries()) {
      if (drawn.current[index] === block.source) continue;
      const made = document.createElement('div');
      made.className = 'md-block';
      made.append(withCopyButtons(block.render(), copyText));
      const before = parent.children[index];
      if (before === undefined) parent.append(made);
      else before.replaceWith(made);
    }
    while (parent.children.length > blocks.length) parent.lastElementChild?.remove();
    drawn.current = blocks.map((block) => block.source);
  }, [text, markdown, copyText]);
  return <div class="markdown" ref={element} />;
};

const withCopyButtons = (fragment: DocumentFragment, copyText: Actions['copyText']): DocumentFragment => {
  for (const block of fragment.querySelectorAll('pre')) {
    const frame = document.createElement('div');
    frame.className = 'code-block';
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.className = 'code-copy';
    copy.textContent = 'Copy';
    copy.addEventListener('click', () => copyText(block.textContent ?? '', 'code'));
    const label = block.previousElementSibling;
    block.replaceWith(frame);
    if (label?.classList.contains('md-language')) frame.append(label);
    // What overflows is to be reached with the keyboard too.
    block.tabIndex = 0;
    block.setAttribute('role', 'group');
    block.setAttribute('aria-label', 'Code');
    frame.append(copy, block);
  }
  return fragment;
};
