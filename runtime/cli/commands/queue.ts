/** `queue`: the prompts that wait in sessions, listed, moved, edited, withdrawn, sent. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { QueuedPrompt } from '../../../actors/protocol/gateway/queue-routes.ts';
import type { Client } from '../../client/client.ts';
import { type ResolvedSession, resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { promptText } from '../invocation/prompt-text.ts';
import { holdWords, queueLines } from '../render/queue-lines.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { type Done, steer } from './steer.ts';

type Queue = RouteAnswer<'queue'>;

const doings = ['list', 'move', 'edit', 'withdraw', 'send'] as const;
type Doing = (typeof doings)[number];
const isDoing = (word: string | undefined): word is Doing => doings.some((doing) => doing === word);

/** Lists where nothing else is said: `queue`, `queue ID`, `queue move ID PLACE TO`, … Places count from 1. */
export const queue = async (invocation: Invocation, words: readonly string[]): Promise<ExitCode> => {
  const [first, ...others] = words;
  const [doing, given] = isDoing(first) ? [first, others] : (['list', words] as const);
  const [session, place, ...rest] = given;
  if (doing === 'list') return session === undefined ? listAll(invocation) : list(invocation, session);
  if (session === undefined) throw missing(`say whose queue: queue ${doing} ID`);
  return steer(invocation, session, async (client, resolved) => {
    const { prompts } = await client.call('queue', { parameters: { id: resolved.id } });
    const waiting = waitingAt(prompts, place ?? (doing === 'send' ? '1' : undefined), doing);
    return change[doing](invocation, client, { ...resolved, waiting, queued: prompts.length }, rest);
  });
};

type Chosen = ResolvedSession & { readonly waiting: QueuedPrompt; readonly queued: number };
type Change = (invocation: Invocation, client: Client, chosen: Chosen, rest: readonly string[]) => Promise<Done>;

const change: Readonly<Record<Exclude<Doing, 'list'>, Change>> = {
  move: async (_invocation, client, { id, waiting, queued }, [to]) => {
    const place = Math.min(placeIn(to, 'say where to: queue move ID PLACE TO'), queued);
    await client.call('changeQueued', { parameters: { id, queueId: waiting.queueId }, body: { place } });
    return { say: `Moved to place ${place} of ${queued}: ${sanitiseLine(waiting.text)}`, facts: { place } };
  },
  edit: async ({ terminal }, client, { id, waiting }, [text]) => {
    const prompt = await promptText(text, terminal.stdin);
    await client.call('changeQueued', { parameters: { id, queueId: waiting.queueId }, body: { prompt } });
    return { say: `It waits as: ${sanitiseLine(prompt)}`, facts: { queueId: waiting.queueId } };
  },
  withdraw: async (_invocation, client, { id, waiting }) => {
    await client.call('withdrawQueued', { parameters: { id, queueId: waiting.queueId } });
    return { say: `Withdrawn: ${sanitiseLine(waiting.text)}`, facts: { queueId: waiting.queueId } };
  },
  send: async ({ suggest }, client, { id, shortId, row, waiting }) => {
    const parameters = { id, queueId: waiting.queueId };
    const { run, runId } = await client.call('sendQueued', { parameters, body: {} });
    return {
      say: `${sanitiseLine(row.name)} began run ${run}.`,
      next: ['Watch it:', suggest('history', shortId, '--follow')],
      facts: { run, runId },
    };
  },
};

const missing = (message: string): ThroughlineError =>
  new ThroughlineError('input.invalid', message, { hint: 'see throughline queue --help' });

const placeIn = (text: string | undefined, words: string): number => {
  if (text !== undefined && /^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw missing(text === undefined ? words : `"${sanitiseLine(text)}" is no place in a queue: they count from 1`);
};

const waitingAt = (prompts: readonly QueuedPrompt[], place: string | undefined, doing: Doing): QueuedPrompt => {
  const at = placeIn(place, `say which: queue ${doing} ID PLACE`);
  const found = prompts[at - 1];
  if (found !== undefined) return found;
  const there = prompts.length === 0 ? 'nothing waits in this session' : `${counted(prompts.length, 'prompt')} wait`;
  throw new ThroughlineError('queue.not_found', `there is no place ${at}: ${there}`, {
    hint: 'see what waits: throughline queue',
  });
};

const list = async (invocation: Invocation, given: string): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const { id, shortId, row } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const asked = await client.call('queue', { parameters: { id } });
  if (json) {
    await terminal.writeJson({ id, ...placed(asked) });
    return exitCodes.done;
  }
  if (asked.prompts.length === 0) {
    await terminal.writeLine(`Nothing waits in ${sanitiseLine(row.name)}.`);
    await terminal.writeLine(
      terminal.colours.dim(`A prompt given while it works waits: ${suggest('prompt', shortId, 'TEXT')}`),
    );
    return exitCodes.done;
  }
  for (const line of queueLines(asked.prompts, terminal)) await terminal.writeLine(line);
  await terminal.writeLine(terminal.colours.dim(holdWords(asked.holds, suggest('queue', 'send', shortId))));
  return exitCodes.done;
};

const listAll = async ({ terminal, json, directory }: Invocation): Promise<ExitCode> => {
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { rows } = await client.call('dashboard', {});
  const sessions: ({ readonly id: string; readonly name: string } & Queue)[] = [];
  for (const { id, name, work } of rows) {
    if (work.queuedPrompts > 0) sessions.push({ id, name, ...(await client.call('queue', { parameters: { id } })) });
  }
  if (json) {
    await terminal.writeJson({ sessions: sessions.map(({ id, name, ...asked }) => ({ id, name, ...placed(asked) })) });
    return exitCodes.done;
  }
  if (sessions.length === 0) await terminal.writeLine('Nothing waits.');
  for (const { name, prompts, holds } of sessions) {
    await terminal.writeLine(`${terminal.colours.bold(sanitiseLine(name))}  ${terminal.colours.dim(holdWords(holds))}`);
    for (const line of queueLines(prompts, terminal)) await terminal.writeLine(line);
  }
  return exitCodes.done;
};

const placed = ({ prompts, holds }: Queue) => ({
  holds,
  prompts: prompts.map((waiting, at) => ({ place: at + 1, ...waiting })),
});
