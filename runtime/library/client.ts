/**
 * `throughline/client`: the routes of a runtime, its event tail and its dashboard as typed functions, for programs of
 * others. The command line uses the same. `docs/LIBRARY.md` shows it at work.
 */
import { type Fact, parseFact } from '../../actors/protocol/facts/events.ts';
import { toTimestamp } from '../../actors/protocol/facts/ids.ts';

export { type ErrorCode, ThroughlineError } from '../../actors/protocol/facts/error.ts';
export type { Fact } from '../../actors/protocol/facts/events.ts';
export type { RouteAnswer, RouteName, TailMessage } from '../../actors/protocol/gateway/api.ts';
export type { RouteInput } from '../../actors/protocol/gateway/caller.ts';
export type { DashboardRow, DashboardSnapshot, SessionDetail } from '../../actors/protocol/gateway/dashboard.ts';
export type { Endpoint } from '../client/authorization.ts';
export { type CallOptions, type Client, createClient, type RouteFunctions } from '../client/client.ts';
export type { TailOptions } from '../client/event-tail.ts';
export { connect } from '../client/find-runtime.ts';
export type { FollowOptions } from '../client/follow.ts';

/**
 * An event as this version knows it: its `type` says what its `payload` holds. Null for a type of a newer program and for
 * a payload that does not fit; such an event is to be shown as it is.
 * Raises `internal` for a time that is no integer, which no runtime gives.
 */
export const factOf = (event: {
  readonly type: string;
  readonly payload?: unknown;
  /** Integer milliseconds since 1970, by the runtime's clock. It orders nothing; `position` does. */
  readonly occurredAt: number;
}): Fact | null => parseFact(event.type, event.payload, toTimestamp(event.occurredAt));
