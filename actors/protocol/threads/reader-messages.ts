/** What the runtime asks its reader threads: one of these a task, answered by the result of the query it names. */
import type { Position, RunKey, SessionId, SessionKey } from '../facts/ids.ts';
import type { RunReference, StepRange, Supposition } from '../gateway/inspection.ts';

export type ReaderQuery =
  | { readonly kind: 'dashboard' }
  | { readonly kind: 'session'; readonly id: SessionId }
  | {
      readonly kind: 'history';
      readonly id: SessionId;
      readonly after: { readonly run: number; readonly seq: number } | null;
      readonly limit: number;
    }
  | {
      readonly kind: 'history_before';
      readonly id: SessionId;
      readonly before: { readonly run: number; readonly seq: number } | null;
      readonly limit: number;
    }
  | {
      readonly kind: 'find';
      readonly id: SessionId;
      readonly options: {
        readonly types: readonly string[];
        readonly from: { readonly run: number; readonly seq: number } | null;
        readonly direction: 'next' | 'previous';
      };
    }
  | { readonly kind: 'dashboard_rows'; readonly keys: readonly SessionKey[] }
  | { readonly kind: 'repositories' }
  | {
      readonly kind: 'events_after';
      readonly position: Position;
      readonly session?: SessionId | undefined;
      readonly limit: number;
    }
  | { readonly kind: 'verify' }
  | { readonly kind: 'handle'; readonly id: SessionId }
  | { readonly kind: 'unfinished_removals' }
  | { readonly kind: 'used_bytes' }
  | { readonly kind: 'known_items'; readonly key: SessionKey }
  | { readonly kind: 'run_facts'; readonly key: RunKey }
  | { readonly kind: 'steps'; readonly run: RunReference; readonly range: StepRange }
  | { readonly kind: 'overview'; readonly run: RunReference; readonly after: number }
  | { readonly kind: 'what_if'; readonly run: RunReference; readonly supposed: Supposition };

export type ReaderOptions = { readonly databasePath: string };
