import { useId } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { MarkdownText } from '../markdown/markdown.tsx';
import { isOfThroughline, type MessageItem, type PromptItem, type ThinkingItem } from '../model/item.ts';
import { useSession } from '../state/session-context.ts';
import { PlainText } from '../text/plain-text.tsx';
import { shortLine, visibleText } from '../text/visible.ts';
import { PartsView } from './parts-view.tsx';

/** What the agent said. What a retry only repeats is folded. */
export const MessageView = ({ item }: { readonly item: MessageItem }) => {
  const { folds } = useSession();
  const bodyId = useId();
  const fold = folds(item.key);
  if (item.parts.length > 0) return <PartsView parts={item.parts} by="agent" />;
  if (!item.repeated) return <Message text={item.text} />;
  const isOpen = fold.value ?? false;
  return (
    <div class="thinking">
      <FoldHead word="Said again after a retry" item={item} bodyId={bodyId} />
      {isOpen && (
        <div class="thinking-body" id={bodyId}>
          <Message text={item.text} />
        </div>
      )}
    </div>
  );
};

const Message = ({ text }: { readonly text: string }) => {
  const { actions } = useWindow();
  const { markdown } = useSession();
  return (
    <div class="message">
      <MarkdownText text={text} markdown={markdown} />
      <Button
        look="bare"
        icon="copy"
        label="Copy message"
        class="message-copy"
        onClick={() => actions.copyText(text, 'message')}
      />
    </div>
  );
};

/** What a person asked for; what Throughline wrote to have the agent go on is its own. */
export const PromptView = ({ item }: { readonly item: PromptItem }) => (
  <div class={classes('prompt', isOfThroughline(item) && 'prompt-of-throughline')}>
    {isOfThroughline(item) && <p class="prompt-origin">Throughline asked it to go on</p>}
    {item.origin === 'resume' && <p class="prompt-origin">Resumed with</p>}
    {item.text.length > maxPromptCharacters ? (
      <PlainText text={item.text} />
    ) : (
      <p class="prompt-text">{visibleText(item.text.trim())}</p>
    )}
    <PartsView parts={item.parts} by="you" />
  </div>
);

const maxPromptCharacters = 20_000;
const previewCharacters = 140;

/** What the agent thought, folded to a line. */
export const ThinkingView = ({ item }: { readonly item: ThinkingItem }) => {
  const { folds, markdown } = useSession();
  const bodyId = useId();
  if (item.parts.length > 0) return <PartsView parts={item.parts} by="agent" />;
  return (
    <div class="thinking">
      <FoldHead word={item.repeated ? 'Thought again after a retry' : 'Thought'} item={item} bodyId={bodyId} />
      {(folds(item.key).value ?? false) && (
        <div class="thinking-body" id={bodyId}>
          <MarkdownText text={item.text} markdown={markdown} />
        </div>
      )}
    </div>
  );
};

type FoldHeadProps = {
  readonly word: string;
  readonly item: MessageItem | ThinkingItem;
  readonly bodyId: string;
};

/** The line that something is folded to, and its beginning. */
const FoldHead = ({ word, item, bodyId }: FoldHeadProps) => {
  const fold = useSession().folds(item.key);
  const isOpen = fold.value ?? false;
  return (
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
      <span class="thinking-word">{word}</span>
      {!isOpen && (
        <span class="one-line">{shortLine(item.text.trim().replace(/[*_`#]/gu, ''), previewCharacters)}</span>
      )}
    </button>
  );
};
