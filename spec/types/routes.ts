/** The contract by the names of its routes: what each takes, what it answers, what a refusal is. */
import type * as z from 'zod';
import type { ErrorCode, PlainError } from '../../actors/protocol/facts/error.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { NewSession, Problem, RouteAnswer, RouteName, routes } from '../../actors/protocol/gateway/api.ts';
import type { Call, RouteInput } from '../../actors/protocol/gateway/caller.ts';
import type { DashboardSnapshot } from '../../actors/protocol/gateway/dashboard.ts';
import { type Equal, expectType } from './expect-type.ts';

type Routes = typeof routes;

/** `{id}` and the like. */
type Placeholders<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type Parameters<Route> = Route extends { parameters: infer Schema extends z.ZodType } ? keyof z.input<Schema> : never;

// What stands in a path is what its schema reads, on every route.
expectType<
  Equal<{ [Name in RouteName]: Placeholders<Routes[Name]['path']> }, { [Name in RouteName]: Parameters<Routes[Name]> }>
>();
// Who only asks sends no body, and who sends one says what is in it.
expectType<Equal<Extract<Routes[RouteName], { method: 'GET'; body: unknown }>, never>>();
expectType<Equal<Exclude<Extract<Routes[RouteName], { method: 'POST' | 'PUT' }>, { body: unknown }>, never>>();

// By name.
expectType<Equal<RouteAnswer<'dashboard'>, DashboardSnapshot>>();
expectType<Equal<RouteAnswer<'interrupt'>['ok'], true>>();
expectType<Equal<RouteAnswer<'startSession'>['run'], number>>();
expectType<Equal<RouteAnswer<'startSession'>, RouteAnswer<'prompt'>>>();
expectType<Equal<RouteAnswer<'remove'>['parkedRef'], string | null>>();
expectType<Equal<RouteInput<'decide'>['body']['decision'], 'allow' | 'deny' | 'cancel'>>();
expectType<Equal<RouteInput<'resume'>['body']['prompt'], string | undefined>>();

// What has a default may be left out by who asks, and is there for who answers.
expectType<Equal<RouteInput<'startSession'>['body']['approvals'], 'ask' | 'allow' | 'deny' | undefined>>();
expectType<Equal<NewSession['approvals'], 'ask' | 'allow' | 'deny'>>();

declare const call: Call<RouteName, object>;
// @ts-expect-error there is no such route
export type Nowhere = RouteAnswer<'everything'>;
// @ts-expect-error a prompt is for a session
call('prompt', { body: { prompt: 'Go on.' } });
// @ts-expect-error nobody decides twice at once
call('decide', { parameters: { id: '', approvalId: '' }, body: { decision: 'both' } });

// An answer that may be a refusal is read after it was looked at.
declare const report: RouteAnswer<'verify'>;
// @ts-expect-error there may be no difference
export const difference: string = report.difference;
if (!report.ok) expectType<Equal<typeof report.difference, string>>();
expectType<Equal<keyof NonNullable<RouteAnswer<'health'>['readOnly']>, keyof PlainError>>();

// A refusal has a code of the list, on both sides of a thread.
expectType<Equal<PlainError['code'], ErrorCode>>();
expectType<Equal<ReturnType<ThroughlineError['toPlain']>, PlainError>>();
expectType<Equal<Problem['hint'], PlainError['hint']>>();
// @ts-expect-error scripts match on codes: a new one is added to the list first
export const unlisted = new ThroughlineError('session.unlucky', 'it was not its day');
