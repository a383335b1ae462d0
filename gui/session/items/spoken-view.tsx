import { useId } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { MarkdownText } from '../markdown/markdown.tsx';
import type { MessageItem, PromptItem, ThinkingItem } from '../model/item.ts';
import { useSession } from '../state/session-context.ts';
import { PlainText } from '../text/plain-text.tsx';
import { shortLine, visibleText } from '../text/visible.ts';

/** What the agent said. */
export const MessageView = ({ item }: { readonly item: MessageItem }) => {
  const { actions } = useWindow();
  const { markdown } = useSession();
  return (
    <div class="message">
      <MarkdownText text={item.text} markdown={markdown} />
      <Button
        look="bare"
        icon="copy"
        label="Copy message"
        class="message-copy"
        onClick={() => actions.copyText(item.text, 'message')}
      />
    </div>
  );
};

const originWords: Readonly<Record<string, string>> = { resume: 'Resumed with', continuation: 'Continued with' };

/** What a person asked for. */
export const PromptView = ({ item }: { readonly item: PromptItem }) => (
  <div class="prompt">
    {originWords[item.origin] !== undefined && <p class="prompt-origin">{originWords[item.origin]}</p>}
    {item.text.length > maxPromptCharacters ? (
      <PlainText text={item.text} />
    ) : (
      <p class="prompt-text">{visibleText(item.text.trim())}</p>
    )}
  </div>
);

const maxPromptCharacters = 20_000;
const previewCharacters = 140;

/** What the agent thought, folded to a line. */
export const ThinkingView = ({ item }: { readonly item: ThinkingItem }) => {
  const { folds, markdown } = useSession();
  const bodyId = useId();
  const fold = folds(item.key);
  const isOpen = fold.value ?? false;
  return (
    <div class="thinking">
      <button
        type="button"
        class="thinking-head"
        aria-expanded={isOpen}
        aria-controls={bodyId}
        onClick={() => {
          fold.value = !isOpen;
        }}
      >
        <Icon name="chevron" class="fold-mark" />
        <span class="thinking-word">Thought</span>
        {!isOpen && (
          <span class="one-line">{shortLine(item.text.trim().replace(/[*_`#]/gu, ''), previewCharacters)}</span>
        )}
      </button>
      {isOpen && (
        <div class="thinking-body" id={bodyId}>
          <MarkdownText text={item.text} markdown={markdown} />
        </div>
      )}
    </div>
  );
};
