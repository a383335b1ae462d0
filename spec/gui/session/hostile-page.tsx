/** Draws every kind of item with every hostile text in all its fields, as the session view would. */
import { computed, signal } from '@preact/signals';
import { render } from 'preact';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { RunId } from '../../../actors/protocol/facts/ids.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { SurroundingsContext } from '../../../gui/components/surroundings.ts';
import { ItemView } from '../../../gui/session/items/item-view.tsx';
import { createMarkdown } from '../../../gui/session/markdown/render-markdown.ts';
import { createTimelineModel } from '../../../gui/session/model/timeline-model.ts';
import { createFolds, type SessionScope, SessionScopeContext } from '../../../gui/session/state/session-context.ts';
import type { SessionState } from '../../../gui/session/state/session-state-types.ts';
import { WindowContext } from '../../../gui/shell/window-scope.ts';
import { hostileTexts } from './hostile-texts.ts';
import { windowWithoutRuntime } from './window-without-runtime.ts';

const factsOf = (text: string): readonly (readonly [string, unknown])[] => {
  const diffs = [{ path: text, oldText: { text }, newText: { text: `${text}\nmore` } }];
  const options = [{ optionId: text, name: text, kind: text }];
  return [
    ['prompt', { text, origin: text }],
    ['message', { text }],
    ['thinking', { text }],
    ['tool_call', { toolCallId: text, title: text, kind: text, input: { command: text }, locations: [{ path: text }] }],
    ['tool_result', { toolCallId: text, status: 'failed', title: text, output: { text } }],
    ['tool_call', { toolCallId: `${text} 2`, title: text, kind: 'edit' }],
    ['tool_result', { toolCallId: `${text} 2`, status: 'completed', diffs }],
    ['plan', { entries: [{ content: text, status: text, priority: text }] }],
    ['approval_requested', { approvalId: text, toolCallId: text, title: text, kind: text, options, input: { text } }],
    ['error', { code: text, message: text, hint: text, detail: { text } }],
    ['note', { note: text, more: text }],
    [text, { [text]: text }],
    ['status', { status: 'failed', reason: text, stopReason: text }],
  ];
};

const root = document.getElementById('root');
if (root === null) throw new Error('there is no root');
const folds = createFolds();
const markdown = createMarkdown();
const shown = windowWithoutRuntime();
for (const [index, text] of hostileTexts.entries()) {
  const run = index + 1;
  const model = createTimelineModel();
  model.append(
    factsOf(text).map(
      ([type, payload], at): HistoryEvent => ({
        position: at + 1,
        runId: `run-${run}` as RunId,
        run,
        seq: at + 1,
        type,
        payload,
        occurredAt: 0,
        recordedAt: 0,
      }),
    ),
  );
  // Of the state only what items read.
  const state = { timeline: signal({ items: model.items() }) } as unknown as SessionState;
  const scope: SessionScope = {
    id: 'session',
    state,
    row: signal<DashboardRow | null>(null),
    live: computed(() => run),
    showQuiet: signal(true),
    showChanges: signal(false),
    showFind: signal(false),
    markdown,
    folds: (key) => folds(`${run} ${key}`),
  };
  const place = document.createElement('div');
  root.append(place);
  render(
    <WindowContext.Provider value={shown}>
      <SurroundingsContext.Provider value={shown}>
        {' '}
        <SessionScopeContext.Provider value={scope}>
          {model.items().map((item) => {
            scope.folds(item.key).value = true;
            return <ItemView key={item.key} item={item} isMarked={false} />;
          })}
        </SessionScopeContext.Provider>
      </SurroundingsContext.Provider>
    </WindowContext.Provider>,
    place,
  );
}
document.body.dataset.done = 'true';
