/**
 * The window before a runtime that a test has in its hand: what its one session tells, asks and offers, and what was
 * asked of it. The gateway is the real one.
 */
import type { Page, Request, Route } from 'playwright-core';
import type { HistoryEvent } from '../../../../actors/protocol/facts/events.ts';
import type { RunId } from '../../../../actors/protocol/facts/ids.ts';
import type { DashboardRow, PendingApproval, SessionDetail } from '../../../../actors/protocol/gateway/dashboard.ts';
import { approvalId, ask, openWorld, row as plainRow, type World } from '../../../runtime/gateway/world.ts';
import { type OpenOptions, openPage } from './window.ts';

export type Told = {
  readonly row?: Partial<DashboardRow>;
  /** Sessions beside it, of which only the row is told. */
  readonly others?: readonly DashboardRow[];
  readonly detail?: Partial<SessionDetail>;
  /** The events of its first run, by type and payload. */
  readonly facts?: readonly (readonly [type: string, payload: unknown])[];
};

export type ToldWindow = {
  readonly world: World;
  readonly page: Page;
  readonly problems: readonly string[];
  readonly requests: readonly string[];
  /** What was sent to a route that this test answers itself. */
  readonly answered: { readonly path: string; readonly body: unknown }[];
  /** Answers whatever is asked below a path in place of the runtime. */
  readonly answer: (pattern: string, answer: unknown) => Promise<void>;
  readonly close: () => Promise<void>;
};

const folder = '/home/ada/greetings';

/** A request that waits, as the log and the session's detail have it. */
export const waiting = (
  asked: Partial<PendingApproval>,
): { readonly row: Partial<DashboardRow>; readonly approval: PendingApproval } => ({
  row: { activity: 'awaiting_approval', pendingApprovals: 1, approvalIds: [approvalId] },
  approval: {
    approvalId,
    runId: '01890a5d-ac96-774b-bcce-b302099a8060',
    toolCallId: 'call',
    title: 'call',
    kind: null,
    options: [],
    requestedAt: 1,
    ...asked,
  },
});

/** Opens the window at the session. */
export const openToldWindow = async (told: Told, options: OpenOptions = {}): Promise<ToldWindow> => {
  const row: DashboardRow = {
    ...plainRow,
    name: 'Greet in every language',
    agent: 'claude',
    repository: '/home/ada/greetings-repository',
    worktree: { path: folder, branch: 'throughline/greet', base: 'main' },
    createdAt: Date.now() - 600_000,
    lastActivityAt: Date.now() - 60_000,
    ...told.row,
  };
  const detail: SessionDetail = {
    ...row,
    approvals: [],
    approvalPolicy: 'ask',
    mode: null,
    options: [],
    choices: {},
    commands: [],
    mcpServers: [],
    additionalDirectories: [],
    runs: [],
    ...told.detail,
  };
  const events = (told.facts ?? []).map(
    ([type, payload], index): HistoryEvent => ({
      position: index + 1,
      runId: '01890a5d-ac96-774b-bcce-b302099a8060' as RunId,
      run: 1,
      seq: index + 1,
      type,
      payload,
      occurredAt: Date.now() - 500_000 + index * 1000,
      recordedAt: Date.now() - 500_000 + index * 1000,
    }),
  );
  const world = await openWorld({
    runtime: {
      dashboard: async () => ({ version: 1, rows: [row, ...(told.others ?? [])] }) as never,
      dashboardRows: async () => ({ rows: [row], gone: [] }),
      session: async () => detail,
      historyBefore: async () => ({ events, previous: null }) as never,
      history: async () => ({ events: [], next: null }) as never,
    },
  });
  const opened = await openPage(options);
  const { page } = opened;
  const answered: { path: string; body: unknown }[] = [];
  const { url } = (await (await ask(world, 'POST', '/api/tickets', {})).json()) as { url: string };
  await page.goto(url);
  await page.locator('.session-row').first().waitFor();
  await page.evaluate((hash) => location.replace(`#${hash}`), options.at ?? `/session/${row.id}`);
  return {
    world,
    ...opened,
    answered,
    answer: async (pattern, answer) => {
      await page.route(pattern, (route: Route, request: Request) => {
        answered.push({ path: new URL(request.url()).pathname, body: request.postDataJSON() });
        return route.fulfill({ json: answer });
      });
    },
    close: async () => {
      await page.context().close();
      await world.close();
    },
  };
};
