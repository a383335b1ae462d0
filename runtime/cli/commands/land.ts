/** `land`: sessions brought to their branch, one by one, and watched on their way. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { shortCommit } from '../../../actors/protocol/facts/short-commit.ts';
import type { LandingWay } from '../../../actors/protocol/facts/work-events.ts';
import type { QueuedLanding } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { Client } from '../../client/client.ts';
import { type ResolvedSession, resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { type LineStyle, landingLines, planLines, watchHead } from '../render/landing-lines.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrapped } from '../text/wrapped.ts';
import { type Arranging, arrangeQueue, showQueue } from './land-queue.ts';

export type LandOptions = {
  readonly squash?: boolean;
  readonly merge?: boolean;
  readonly rebase?: boolean;
  readonly onto?: string;
  readonly message?: string;
  readonly nameAgent?: boolean;
  readonly despiteChecks?: boolean;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly undo?: boolean;
  readonly withdraw?: boolean;
  readonly queue?: boolean;
  readonly before?: string;
  readonly last?: boolean;
  readonly pause?: boolean;
  readonly goOn?: boolean;
};

/** How long an answer is waited for that takes as many processes of git as there are sessions. */
const timeLimitMs = 300_000;

export const land = async (
  invocation: Invocation,
  given: readonly string[],
  options: LandOptions,
): Promise<ExitCode> => {
  const { directory } = invocation;
  const how = wayOf(options);
  const sessions: ResolvedSession[] = [];
  for (const each of given) sessions.push(await resolveSession(invocation, each));
  if (sessions.length === 0 && options.watch !== true && options.queue !== true) {
    throw new ThroughlineError('input.invalid', 'say which session is to land', { hint: 'or --queue, for what does' });
  }
  const arranging = await arrangingOf(invocation, options);
  if (options.message !== undefined && sessions.length > 1) {
    throw new ThroughlineError('input.invalid', 'one message is for one session', {
      hint: 'land them one by one, or without -m',
    });
  }
  const client = await ensureRuntime(directory, { script: thisProgram() });
  if (options.queue === true) return showQueue(invocation, client);
  if (arranging !== null) return arrangeQueue(invocation, client, sessions, arranging);
  if (options.undo === true || options.withdraw === true) return takeBack(invocation, client, sessions, options);
  if (options.watch === true) {
    const { landings } = await client.call('landings', {});
    const wanted = landings.filter(({ session, state }) =>
      sessions.length === 0 ? !hasEnded(state) : sessions.some(({ id }) => id === session.id),
    );
    return watch(
      invocation,
      client,
      wanted.map(({ landingId }) => landingId),
      sessions,
    );
  }
  const [only] = sessions;
  const body = {
    sessions: sessions.map(({ id }) => id),
    ...(how === undefined ? {} : { how }),
    ...(options.onto === undefined ? {} : { onto: options.onto }),
    ...(options.message === undefined || only === undefined ? {} : { messages: { [only.id]: options.message } }),
    nameAgent: options.nameAgent === true,
    despiteChecks: options.despiteChecks === true,
    waits: options.wait === true,
    dryRun: options.dryRun === true,
  };
  const { landings, plan } = await client.call('land', { body }, { timeLimitMs });
  if (options.dryRun !== true)
    return watch(
      invocation,
      client,
      landings.map(({ landingId }) => landingId),
      sessions,
    );
  const { terminal, json } = invocation;
  if (json) await terminal.writeJson({ plan });
  else for (const line of planLines(plan, styleOf(invocation))) await terminal.writeLine(line);
  return plan.every(({ outcome }) => outcome === 'lands' || outcome === 'nothing') ? exitCodes.done : exitCodes.refused;
};

const styleOf = ({ terminal }: Invocation): LineStyle => ({ colours: terminal.colours, columns: terminal.columns });

const wayOf = ({ squash, merge, rebase }: LandOptions): LandingWay | undefined => {
  const ways = [
    ...(squash ? ['squash' as const] : []),
    ...(merge ? ['merge' as const] : []),
    ...(rebase ? ['rebase' as const] : []),
  ];
  if (ways.length > 1)
    throw new ThroughlineError('input.invalid', 'it lands in one way: --squash, --merge or --rebase');
  return ways[0];
};

/** What of the queue is to change; null: nothing. Raises `input.invalid` for two things that exclude each other. */
const arrangingOf = async (
  invocation: Invocation,
  { before, last, pause, goOn }: LandOptions,
): Promise<Arranging | null> => {
  if ((before !== undefined && last === true) || (pause === true && goOn === true)) {
    throw new ThroughlineError('input.invalid', 'one of --before and --last, and one of --pause and --go-on');
  }
  if (before === undefined && last !== true && pause !== true && goOn !== true) return null;
  return {
    ...(last === true ? { before: null } : {}),
    ...(before === undefined ? {} : { before: await resolveSession(invocation, before) }),
    ...(pause === true || goOn === true ? { paused: pause === true } : {}),
  };
};

const hasEnded = (state: QueuedLanding['state']): boolean =>
  state === 'landed' || state === 'returned' || state === 'withdrawn' || state === 'undone' || state === 'held';

/** Says of each what becomes of it, until all have ended. */
const watch = async (
  invocation: Invocation,
  client: Client,
  ids: readonly string[],
  sessions: readonly ResolvedSession[],
): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  const style = styleOf(invocation);
  const said = new Map<string, string>();
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  let last: readonly QueuedLanding[] = [];
  let pausedBefore: QueuedLanding | null = null;
  try {
    for await (const _ of client.dashboards({ signal: stop.signal })) {
      if (ids.length === 0) break;
      const { landings } = await client.call('landings', {});
      last = ids.flatMap((id) => landings.find(({ landingId }) => landingId === id) ?? []);
      const [first] = last;
      if (said.size === 0 && first !== undefined && !json) {
        for (const line of watchHead(first, style)) await terminal.writeLine(line);
      }
      for (const landing of last) {
        const step = JSON.stringify([landing.state, landing.words, landing.checks]);
        if (said.get(landing.landingId) === step) continue;
        said.set(landing.landingId, step);
        // That each waits for its turn is no news.
        const isNoNews = landing.state === 'queued' || (landing.state === 'checking' && landing.checks.length === 0);
        if (isNoNews && !json) continue;
        if (json) await terminal.writeJson(landing);
        else for (const line of landingLines(landing, style)) await terminal.writeLine(line);
      }
      // What waits for something to get out of the way goes on by itself.
      if (last.every(({ state }) => hasEnded(state)) || last.length < ids.length) break;
      const stopped = stoppedBefore(landings);
      // Until a person has it go on.
      pausedBefore = last.map(({ landingId }) => stopped.get(landingId)).find((stop) => stop !== undefined) ?? null;
      if (last.every(({ state, landingId }) => hasEnded(state) || stopped.has(landingId))) break;
    }
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    stop.abort();
  }
  if (ids.length === 0) {
    if (!json) await terminal.writeLine('Nothing is on its way.');
    return exitCodes.done;
  }
  if (!last.every(({ state }) => hasEnded(state))) {
    const words =
      pausedBefore === null
        ? `The queue goes on. Watch it: ${invocation.suggest('land', '--watch')}`
        : `The queue is paused before ${sanitiseLine(pausedBefore.session.name)}. ` +
          `It goes on: ${invocation.suggest('land', '--go-on', pausedBefore.session.id)}`;
    if (!json) await terminal.writeLine(terminal.colours.dim(words));
    return pausedBefore === null ? exitCodes.detached : exitCodes.refused;
  }
  if (!json) await sayEnd(invocation, last, sessions);
  return exitOf(last);
};

/** Those that wait behind the first of their queue that is paused, itself included, with that one. */
const stoppedBefore = (landings: readonly QueuedLanding[]): ReadonlyMap<string, QueuedLanding> => {
  const stops = new Map<string, QueuedLanding>();
  const waiting = new Map<string, QueuedLanding>();
  for (const landing of landings) {
    const line = JSON.stringify([landing.repository, landing.onto]);
    const stop = stops.get(line) ?? (landing.paused ? landing : undefined);
    if (stop === undefined || hasEnded(landing.state)) continue;
    stops.set(line, stop);
    waiting.set(landing.landingId, stop);
  }
  return waiting;
};

const exitOf = (landings: readonly QueuedLanding[]): ExitCode => {
  const isFine = ({ state }: QueuedLanding): boolean => state === 'landed' || state === 'withdrawn';
  if (landings.every(isFine)) return exitCodes.done;
  const hasLanded = landings.some(({ state }) => state === 'landed');
  const hasFailed = landings.some(
    ({ state, checks }) =>
      state === 'returned' && checks.some(({ outcome }) => outcome !== null && outcome !== 'passed'),
  );
  return hasFailed && !hasLanded ? exitCodes.failed : exitCodes.refused;
};

const sayEnd = async (
  { terminal, suggest }: Invocation,
  landings: readonly QueuedLanding[],
  sessions: readonly ResolvedSession[],
): Promise<void> => {
  const { colours, columns } = terminal;
  const of = (state: QueuedLanding['state']): readonly QueuedLanding[] =>
    landings.filter((landing) => landing.state === state);
  const parts = [
    `${of('landed').length} landed`,
    ...(of('returned').length === 0 ? [] : [`${of('returned').length} given back`]),
    ...(of('held').length === 0 ? [] : [`${of('held').length} held`]),
    ...(of('withdrawn').length === 0 ? [] : [`${of('withdrawn').length} not landed`]),
  ];
  const followed = new Set(of('landed').flatMap(({ checkouts }) => checkouts));
  await terminal.writeLine(`${parts.join(', ')}.`);
  for (const each of followed)
    for (const line of wrapped(sanitiseLine(each), columns, '  ')) await terminal.writeLine(line);
  const idOf = (landing: QueuedLanding | undefined): string =>
    sessions.find(({ id }) => id === landing?.session.id)?.shortId ?? landing?.session.id ?? '';
  const tasked = of('returned').find(({ task }) => task !== null);
  const next = [
    ...(of('landed').length === 0 ? [] : [['Undo the last:', suggest('land', '--undo', idOf(of('landed').at(-1)))]]),
    // What was refused is no task: its agent knows nothing of it.
    ...(tasked === undefined ? [] : [['Watch its agent:', suggest('history', idOf(tasked), '--follow')]]),
    ...(of('held').length === 0 ? [] : [['Land when it can:', suggest('land', idOf(of('held')[0]), '--wait')]]),
  ];
  const width = Math.max(0, ...next.map(([what = '']) => what.length));
  for (const [what = '', command = ''] of next) {
    await terminal.writeLine(colours.dim(`${what.padEnd(width)}  ${command}`));
  }
};

/** The last landing of each is undone, or taken out of the queue. */
const takeBack = async (
  { terminal, json }: Invocation,
  client: Client,
  sessions: readonly ResolvedSession[],
  { undo }: LandOptions,
): Promise<ExitCode> => {
  const { landings } = await client.call('landings', {});
  // The last that landed is in the way of those before it.
  const wanted = landings
    .filter(({ session }) => sessions.some(({ id }) => id === session.id))
    .sort((one, other) => (other.landedAt ?? 0) - (one.landedAt ?? 0));
  const missing = sessions.find(({ id }) => !wanted.some(({ session }) => session.id === id));
  if (missing !== undefined) {
    throw new ThroughlineError('landing.not_found', `${sanitiseLine(missing.row.name)} has not been landed`);
  }
  for (const { landingId, session, onto } of wanted) {
    const parameters = { id: session.id, landingId };
    const name = sanitiseLine(session.name);
    if (undo !== true) {
      await client.call('withdrawLanding', { parameters });
      if (json) await terminal.writeJson({ ok: true, id: session.id, landingId });
      else await terminal.writeLine(`${name} is out of the queue. Its work stays as it is.`);
      continue;
    }
    const undone = await client.call('undoLanding', { parameters, body: {} }, { timeLimitMs });
    if (json) {
      await terminal.writeJson({ ok: true, id: session.id, landingId, ...undone });
      continue;
    }
    await terminal.writeLine(
      `${terminal.colours.green('✓')} ${name}: ${sanitiseLine(onto)} is at ${shortCommit(undone.commit)} again.`,
    );
    for (const each of [...undone.checkouts, `What had landed is kept as ${undone.keptRef}`]) {
      for (const line of wrapped(sanitiseLine(each), terminal.columns, '  ')) await terminal.writeLine(line);
    }
  }
  if (!json && wanted.length > 1) await terminal.writeLine(`${counted(wanted.length, 'landing')} taken back.`);
  return exitCodes.done;
};
