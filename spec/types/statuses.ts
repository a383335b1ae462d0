/** [law 6] Three statuses end a run; the dashboard has five words for all of them. */
import {
  type DashboardStatus,
  type dashboardStatus,
  isTerminal,
  type RunStatus,
  type TerminalStatus,
} from '../../actors/protocol/facts/status.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { type Equal, expectType } from './expect-type.ts';

expectType<Equal<DashboardStatus, 'Starting' | 'Running' | 'Completed' | 'Interrupted' | 'Failed'>>();
expectType<Equal<DashboardRow['status'], DashboardStatus>>();
expectType<Equal<ReturnType<typeof dashboardStatus>, DashboardStatus>>();
expectType<Equal<TerminalStatus, 'completed' | 'interrupted' | 'failed'>>();
expectType<Equal<Extract<RunStatus, TerminalStatus>, TerminalStatus>>();

// Every word of the end is a word of the dashboard, which has two more.
expectType<Equal<Exclude<DashboardStatus, Capitalize<TerminalStatus>>, 'Starting' | 'Running'>>();

declare const status: RunStatus;
if (isTerminal(status)) expectType<Equal<typeof status, TerminalStatus>>();
else expectType<Equal<typeof status, 'queued' | 'starting' | 'running' | 'interrupting'>>();

// @ts-expect-error a run is never cancelled: it was interrupted, or it failed
export const cancelled: RunStatus = 'cancelled';
// @ts-expect-error the dashboard's words are not the program's
export const word: DashboardStatus = 'running';
