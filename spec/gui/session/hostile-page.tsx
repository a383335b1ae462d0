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
import {
  createFolds,
  createRunFiles,
  type SessionScope,
  SessionScopeContext,
} from '../../../gui/session/state/session-context.ts';
import type { SessionState } from '../../../gui/session/state/session-state-types.ts';
import { WindowContext } from '../../../gui/shell/window-scope.ts';
import { hostileTexts } from './hostile-texts.ts';
import { windowWithoutRuntime } from './window-without-runtime.ts';

const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.owned = 1"><script>window.owned = 1</script></svg>';
/** A picture of one pixel. */
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const factsOf = (text: string): readonly (readonly [string, unknown])[] => {
  const diffs = [{ path: text, oldText: { text }, newText: { text: `${text}\nmore` } }];
  const options = [{ optionId: text, name: text, kind: text }];
  const bytes = { mimeType: text, bytes: 3, sha256: text, uri: text };
  const parts = [
    { type: 'text', text: { text } },
    // The bytes are what they are, whatever they are said to be.
    ...[text, btoa(svg), picture, `${picture}" onerror="window.owned = 1`].flatMap((data) => [
      { type: 'image', ...bytes, data },
      { type: 'image', ...bytes, mimeType: 'image/svg+xml', data },
    ]),
    { type: 'image', ...bytes, uri: `https://away.invalid/${encodeURIComponent(text)}` },
    { type: 'audio', ...bytes, data: text },
    { type: 'link', uri: text, name: text, title: text, description: text, bytes: 1 },
    { type: 'resource', uri: text, mimeType: text, text: { text } },
    { type: 'terminal', terminalId: text },
    { type: text, [text]: text },
  ];
  const form = {
    title: text,
    description: text,
    properties: { [text]: { type: 'string', title: text, description: text, pattern: '(a+)+$', default: text } },
    required: [text],
  };
  const about = { toolCallId: text, title: text, kind: text, text: { text }, toolName: text, subagent: text };
  const locations = [{ path: text, line: 1 }];
  return [
    ['prompt', { text, origin: text, parts }],
    ['message', { text }],
    ['thinking', { text: '', parts, subagent: text }],
    ['thinking', { text }],
    ['tool_call', { toolCallId: text, title: text, kind: text, input: { command: text }, locations: [{ path: text }] }],
    ['tool_result', { toolCallId: text, status: 'failed', title: text, output: { text } }],
    ['tool_call', { toolCallId: `${text} 2`, title: text, kind: 'edit' }],
    ['tool_result', { toolCallId: `${text} 2`, status: 'completed', diffs }],
    ['plan', { entries: [{ content: text, status: text, priority: text }] }],
    ['approval_requested', { approvalId: text, toolCallId: text, title: text, kind: text, options, input: { text } }],
    ['approval_requested', { approvalId: `${text} 2`, ...about, options, locations, parts, input: { command: text } }],
    [
      'approval_requested',
      {
        approvalId: `${text} 3`,
        ...about,
        options,
        input: { diff: `--- ${text}\n+++ ${text}\n@@ -1 +1 @@\n-${text}\n+${text}` },
      },
    ],
    ['approval_requested', { approvalId: `${text} 4`, ...about, kind: 'switch_mode', options }],
    ['approval_requested', { approvalId: `${text} 5`, ...about, options: [], question: { url: text } }],
    ['approval_requested', { approvalId: `${text} 6`, ...about, options: [], question: { form } }],
    ['approval_requested', { approvalId: `${text} 7`, ...about, options, question: { form, url: text } }],
    [
      'approval_resolved',
      { approvalId: `${text} 7`, outcome: text, optionId: text, answers: { [text]: text }, by: text },
    ],
    ['retry', { attempt: 1, of: 2, message: text, kind: text }],
    ['recap', { text: { text }, reason: text }],
    ['compaction', { status: text, summary: { text } }],
    ['notice', { text, level: text }],
    ['title', { title: text }],
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
    showFind: signal(false),
    showSnapshots: signal(false),
    work: signal(null),
    runFiles: createRunFiles(),
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
