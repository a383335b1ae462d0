import { useSignal } from '@preact/signals';
import type { ApprovalOption } from '../../../actors/protocol/facts/events.ts';
import { commandIn, inputText } from '../../../actors/protocol/facts/input-text.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { RuntimeGone } from '../../components/runtime-gone.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import type { ApprovalItem } from '../model/item.ts';
import { shortLine } from '../text/visible.ts';
import { ItemDiffs } from './item-diffs.tsx';
import { Output } from './output.tsx';

/** What is asked for, and the answers there are. */
export type Asked = Pick<ApprovalItem, 'approvalId' | 'title' | 'options' | 'input' | 'diffs' | 'text'>;

type ApprovalRequestProps = {
  readonly asked: Asked;
  readonly sessionId: string;
  readonly row: DashboardRow | null;
};

/**
 * What an agent asks for and the answers to choose from: in the timeline, and wherever else it can be answered. It is
 * there whole, however long: what is long is folded at first, and says how much is.
 */
export const ApprovalRequest = ({ asked, sessionId, row }: ApprovalRequestProps) => {
  const { input, diffs, text } = asked;
  const title = shortLine(asked.title, maxTitleCharacters);
  const told = input === undefined ? null : inputText(input);
  const isTitleTold = commandIn(input)?.trim() === asked.title.trim() || told?.text.trim() === asked.title.trim();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
    <div class="approval" role="group" aria-label={`Approval: ${title}`}>
      <p class="approval-head">
        <Icon name="attention" />
        <strong>Waits for your approval</strong>
      </p>
      {!isTitleTold && <Line text={asked.title} label="What is asked for" shown={title} class="approval-title" />}
      <ItemDiffs diffs={diffs} row={row} />
      {told !== null && <Output output={told} label="What is asked for" asIs />}
      {text !== null && <Output output={text} label="What the agent says of it" asIs />}
      <Answers asked={asked} sessionId={sessionId} />
    </div>
  );
};

const maxTitleCharacters = 400;
const maxOptionCharacters = 80;

type LineProps = {
  readonly text: string;
  /** What there is of it in one line. */
  readonly shown: string;
  readonly label: string;
  readonly class: string;
};

/** One line as such; what would lose something by it is shown whole. */
const Line = ({ text, shown, label, class: look }: LineProps) =>
  text.trim() === shown ? <p class={look}>{shown}</p> : <Output output={{ text }} label={label} asIs />;

const Answers = ({ asked, sessionId: id }: { readonly asked: Asked; readonly sessionId: string }) => {
  const { connection, toasts } = useWindow();
  const chosen = useSignal<string | null>(null);
  const answer = async (option: ApprovalOption): Promise<void> => {
    chosen.value = option.optionId;
    try {
      const decision = option.kind.startsWith('allow') ? 'allow' : 'deny';
      const parameters = { id, approvalId: asked.approvalId };
      await connection.call('decide', { parameters, body: { decision, optionId: option.optionId } });
    } catch (error) {
      chosen.value = null;
      toasts.showError(error);
    }
  };
  const options = asked.options.length > 0 ? asked.options : [{ optionId: '', name: 'Deny', kind: 'reject_once' }];
  return (
    <>
      {options
        .filter(({ name }) => shortLine(name, maxOptionCharacters) !== name.trim())
        .map(({ optionId, name }) => (
          <Output key={optionId} output={{ text: name }} label="The whole of an answer" asIs />
        ))}
      <div class="approval-options">
        {options.map((option) => (
          <Button
            key={option.optionId}
            look={option.kind === 'allow_once' ? 'primary' : 'quiet'}
            busy={chosen.value === option.optionId}
            disabled={chosen.value !== null}
            tellsRuntime
            onClick={() => void answer(option)}
          >
            {shortLine(option.name, maxOptionCharacters)}
          </Button>
        ))}
      </div>
      <RuntimeGone />
    </>
  );
};
