import { memo } from 'preact/compat';
import { classes } from '../../components/classes.ts';
import { type Item, isOfThroughline } from '../model/item.ts';
import { isToldByItsApproval } from '../state/liveness.ts';
import { useSession } from '../state/session-context.ts';
import { shortLine } from '../text/visible.ts';
import { ApprovalView } from './approval-view.tsx';
import {
  EndView,
  ErrorView,
  InterruptView,
  PlanView,
  QuietView,
  RunView,
  ToldView,
  UnknownView,
} from './line-views.tsx';
import { RunChanges } from './run-changes.tsx';
import { MessageView, PromptView, ThinkingView } from './spoken-view.tsx';
import { ToolView } from './tool-view.tsx';
import { WhyButton } from './why-button.tsx';

export type ItemViewProps = { readonly item: Item; readonly isMarked: boolean };

/** One item of the timeline. It is drawn anew only when it changed: the model keeps the others the same objects. */
export const ItemView = memo(({ item, isMarked }: ItemViewProps) => {
  const { live } = useSession();
  return (
    <article
      class={classes('item', `item-${item.kind}`, isMarked && 'item-marked', isOfAnother(item) && 'item-nested')}
      aria-label={nameOf(item)}
      data-key={item.key}
      hidden={item.kind === 'tool' && item.awaitsApproval && isToldByItsApproval(item, live.value)}
    >
      {item.subagent !== null && item.kind !== 'approval' && (
        <p class="item-subagent">{shortLine(item.subagent, maxSubagentCharacters)}</p>
      )}
      {item.recovered && <p class="recovered">Told again by the agent when its conversation was loaded</p>}
      <Content item={item} />
      <WhyButton item={item} />
    </article>
  );
});

const maxSubagentCharacters = 120;

/** Whether it belongs to an agent of the agent, or to a call that another made. */
const isOfAnother = (item: Item): boolean => item.subagent !== null || (item.kind === 'tool' && item.parent !== null);

const Content = ({ item }: { readonly item: Item }) => {
  switch (item.kind) {
    case 'run':
      return <RunView item={item} />;
    case 'prompt':
      return <PromptView item={item} />;
    case 'message':
      return <MessageView item={item} />;
    case 'thinking':
      return <ThinkingView item={item} />;
    case 'tool':
      return <ToolView item={item} />;
    case 'approval':
      return <ApprovalView item={item} />;
    case 'plan':
      return <PlanView item={item} />;
    case 'error':
      return <ErrorView item={item} />;
    case 'interrupt':
      return <InterruptView item={item} />;
    case 'end':
      return (
        <>
          <EndView item={item} />
          <RunChanges run={item.run} />
        </>
      );
    case 'told':
      return <ToldView item={item} />;
    case 'quiet':
      return <QuietView item={item} />;
    case 'unknown':
      return <UnknownView item={item} />;
  }
};

const names: Readonly<Record<Item['kind'], string>> = {
  run: 'Run',
  prompt: 'You',
  message: 'Agent',
  thinking: 'Thinking',
  tool: 'Tool call',
  approval: 'Approval',
  plan: 'Plan',
  error: 'Error',
  interrupt: 'Interrupt',
  end: 'End of the run',
  told: 'Note',
  quiet: 'Note',
  unknown: 'Unknown event',
};

const nameOf = (item: Item): string =>
  item.kind === 'prompt' && isOfThroughline(item)
    ? 'Throughline'
    : item.kind === 'run'
      ? item.run === 0
        ? 'Beginning of the session'
        : `Run ${item.run}`
      : names[item.kind];
