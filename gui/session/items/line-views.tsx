/** Items of a line or two. */

import { useSignal } from '@preact/signals';
import { durationText } from '../../../actors/model/dashboard/duration.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { failureWords, stopWords } from '../../state/ending-words.ts';
import { fullTime, timeOfDay } from '../../state/time.ts';
import { workedAndWaited } from '../../state/worked-and-waited.ts';
import {
  type EndItem,
  type ErrorItem,
  type InterruptItem,
  isOfThroughline,
  type PlanItem,
  type QuietItem,
  type RunItem,
  type ToldItem,
  type UnknownItem,
} from '../model/item.ts';
import { jsonText } from '../model/quiet-text.ts';
import { useSession } from '../state/session-context.ts';
import { shortLine, visibleLine } from '../text/visible.ts';
import { Output } from './output.tsx';

const outcomeWords = { completed: 'Completed', interrupted: 'Interrupted', failed: 'Failed' } as const;

/** Where a run begins. */
export const RunView = ({ item }: { readonly item: RunItem }) => (
  <div class="run-line">
    <span class="run-name">{item.run === 0 ? 'Session' : `Run ${item.run}`}</span>
    <time dateTime={new Date(item.at).toISOString()} title={fullTime(item.at)}>
      {timeOfDay(item.at)}
    </time>
    {item.outcome !== null && <span>{outcomeWords[item.outcome]}</span>}
    {item.endedAt !== null && item.fromStart && <span class="numbers">{durationText(item.endedAt - item.at)}</span>}
  </div>
);

/** Where a run ended, and why. */
export const EndView = ({ item }: { readonly item: EndItem }) => {
  const stop = stopWords(item.stopReason);
  const isCut = item.outcome === 'completed' && stop !== null;
  return (
    <p class={`line end end-${isCut ? 'cut' : item.outcome}`}>
      <Icon name={isCut ? 'warning' : endIcons[item.outcome]} />
      <span>
        <strong>{outcomeWords[item.outcome]}</strong>
        {item.tookMs !== null && item.waitedMs < 1000 && ` in ${durationText(item.tookMs)}`}
        {item.tookMs !== null && item.waitedMs >= 1000 && ` · ${workedAndWaited(item.tookMs, item.waitedMs)}`}
        {item.reason !== null && !item.isToldAbove && ` · ${visibleLine(item.reason)}`}
        {stop !== null && <span class="end-cut-short"> · {stop}</span>}
      </span>
      {item.outcome === 'failed' && <Retry run={item.run} />}
    </p>
  );
};

/** Sends once more what the last run was asked, if that failed. Pictures that went with it are not here any more. */
const Retry = ({ run }: { readonly run: number }) => {
  const { connection, toasts } = useWindow();
  const { id, row, state } = useSession();
  const busy = useSignal(false);
  const asked = state.timeline.value?.items.find((item) => item.kind === 'prompt' && item.run === run);
  if (row.value?.status !== 'Failed' || row.value.runCount !== run) return null;
  if (asked?.kind !== 'prompt' || isOfThroughline(asked) || asked.parts.length > 0) return null;
  const retry = async (): Promise<void> => {
    busy.value = true;
    try {
      await connection.call('prompt', { parameters: { id }, body: { prompt: asked.text } });
      await state.goToEnd();
    } catch (error) {
      toasts.showError(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Button icon="restore" busy={busy.value} tellsRuntime title="Send its prompt again" onClick={() => void retry()}>
      Retry
    </Button>
  );
};

const endIcons = { completed: 'check', interrupted: 'stop', failed: 'close' } as const;

/** What went wrong, what to do, and the whole of it for those who look closer. */
export const ErrorView = ({ item }: { readonly item: ErrorItem }) => (
  // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
  <div class="error" role="group" aria-label="Error">
    <p class="error-head">
      <Icon name="warning" />
      <strong>
        {failureWords(item.failureKind) !== null && `${failureWords(item.failureKind)}: `}
        {shortLine(item.message, 1000) || 'Something went wrong'}
      </strong>
    </p>
    {item.hint !== null && <p class="error-hint">{shortLine(item.hint, 1000)}</p>}
    {item.detail !== null && (
      <details class="error-detail">
        <summary>Details</summary>
        <Output output={item.detail} label="Details of the error" />
      </details>
    )}
    {item.code !== '' && <p class="error-code">{shortLine(item.code, 80)}</p>}
  </div>
);

const attemptWords: Readonly<Record<number, string>> = {
  1: 'The agent was asked to stop',
  2: 'The agent was asked once more to stop',
  3: 'The agent’s processes were ended',
};

export const InterruptView = ({ item }: { readonly item: InterruptItem }) => (
  <p class="line interrupt">
    <Icon name="stop" />
    <span>{attemptWords[item.attempt] ?? 'Interrupt'}</span>
  </p>
);

/** What the agent tells beside its work; what there is to read of it is folded. */
export const ToldView = ({ item }: { readonly item: ToldItem }) => (
  <div class="told">
    <p class="line">
      <Icon name="more" />
      <span>{shortLine(item.text, maxToldCharacters)}</span>
    </p>
    {item.more !== null && (
      <details class="error-detail">
        <summary>Read it</summary>
        <Output output={item.more} label="The whole of it" asIs />
      </details>
    )}
  </div>
);

const maxToldCharacters = 1000;

export const QuietView = ({ item }: { readonly item: QuietItem }) => (
  <p class="line quiet-line">
    <span>{visibleLine(item.text)}</span>
  </p>
);

/** What this version of the program does not know. */
export const UnknownView = ({ item }: { readonly item: UnknownItem }) => (
  <div class="unknown">
    <p class="line quiet-line">
      <span>
        An event of a type this version does not know: <code>{shortLine(item.type, 80)}</code>
      </span>
    </p>
    <Output output={{ text: jsonText(item.payload, 2) }} label="The event as it is" />
  </div>
);

const stepWords: Readonly<Record<string, string>> = { completed: 'done', in_progress: 'under way', pending: 'to do' };

/** A plan as a checklist. */
export const PlanView = ({ item }: { readonly item: PlanItem }) => (
  // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
  <div class="plan" role="group" aria-label="Plan">
    <ul>
      {item.entries.map((entry, index) => (
        <li key={index} class={`plan-step plan-${entry.status.replace(/[^a-z_]/gu, '')}`}>
          <span class="plan-mark" aria-hidden="true">
            {entry.status === 'completed' && <Icon name="check" />}
          </span>
          <span>
            {shortLine(entry.content, 400)}
            <span class="visually-hidden"> ({stepWords[entry.status] ?? shortLine(entry.status, 40)})</span>
          </span>
        </li>
      ))}
    </ul>
  </div>
);
