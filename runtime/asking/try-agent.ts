/** A short conversation with an agent, by which it is seen what of it works with Throughline, and what does not. */
import { readUsage } from '../../actors/agents/acp/usage.ts';
import { asThroughlineError } from '../../actors/protocol/facts/error.ts';
import { createTurnSigns } from '../../actors/session/turn-signs.ts';
import { type AskedAgent, type AskOptions, askAgent } from './ask-agent.ts';

/** How a check went. What the protocol leaves open is no fault of an agent: it is told as `open`. */
export type Check = {
  readonly name: 'start' | 'conversation' | 'answer' | 'stream' | 'end' | 'usage' | 'cancel' | 'taken up';
  readonly state: 'well' | 'open' | 'bad';
  readonly why: string;
};

/** What it is told: something short to answer, and something so long that it can be cancelled. */
export type Prompts = { readonly short: string; readonly long: string };

/** A model may think for so long before it says a word. */
const modelSilenceMs = 120_000;
const maxQuotedCharacters = 200;

/**
 * Tries an agent out in a folder of its own. Each check goes to `onCheck` as soon as it is known; the first that is bad
 * and without which nothing follows is the last. Nothing is raised for what the agent does; nothing of it runs afterwards.
 */
export const tryAgent = async (
  options: Omit<AskOptions, 'onUpdate'>,
  prompts: Prompts,
  onCheck: (check: Check) => void | Promise<void>,
): Promise<boolean> => {
  let isWell = true;
  const tell = async (name: Check['name'], state: Check['state'], why: string): Promise<void> => {
    if (state === 'bad') isWell = false;
    await onCheck({ name, state, why });
  };
  /** The value, or null when it was raised, which is then told. */
  const tried = async <Value>(name: Check['name'], work: Promise<Value>): Promise<Value | null> => {
    try {
      return await work;
    } catch (thrown) {
      await tell(name, 'bad', asThroughlineError(thrown).message);
      return null;
    }
  };

  const heard = createHeard();
  const agent = await tried('start', askAgent({ ...options, onUpdate: heard.update }));
  if (agent === null) return false;
  try {
    const { agentInfo, protocolVersion } = agent.initialized;
    const called =
      agentInfo == null ? 'it does not say who it is' : `${agentInfo.name} ${agentInfo.version ?? ''}`.trim();
    await tell('start', 'well', `${called}, protocol ${protocolVersion}`);
    const opening = await tried('conversation', agent.open(null));
    if (opening === null) return false;
    await tell('conversation', 'well', 'begun');

    heard.turnBegins(agent, null);
    const answer = await tried('answer', agent.prompt(prompts.short, modelSilenceMs));
    if (answer === null) return false;
    const { text, updates, usage, failure } = heard.turnEnds(answer);
    if (failure !== null) await tell('answer', 'bad', failure);
    else if (text === '') await tell('answer', 'bad', 'it ended its turn without a word');
    else await tell('answer', 'well', text.slice(0, maxQuotedCharacters));
    if (text !== '') await tell('stream', 'well', `${updates} ${updates === 1 ? 'update' : 'updates'} before the end`);
    const ended = answer.stopReason === 'end_turn';
    await tell('end', ended ? 'well' : 'bad', answer.stopReason);
    await tell('usage', usage ? 'well' : 'open', usage ? 'told' : 'it tells no tokens');

    let isCancelled = false;
    heard.turnBegins(agent, () => {
      if (isCancelled) return;
      isCancelled = true;
      agent.cancel();
    });
    const cancelled = await tried('cancel', agent.prompt(prompts.long, modelSilenceMs));
    if (cancelled !== null) {
      if (!isCancelled) await tell('cancel', 'open', 'it was done before it could be cancelled');
      else if (cancelled.stopReason === 'cancelled') await tell('cancel', 'well', 'cancelled');
      else await tell('cancel', 'bad', `it ended with ${cancelled.stopReason} instead of cancelled`);
    }
    await agent.end();

    const again = await tried('taken up', askAgent(options));
    if (again === null) return false;
    try {
      const taken = await tried('taken up', again.open(opening.agentSessionId));
      if (taken === null) return false;
      if (taken.how !== 'begun_anew') await tell('taken up', 'well', taken.how);
      else
        await tell(
          'taken up',
          isMeantToLose(again) ? 'open' : 'bad',
          `${taken.lost ?? 'lost'}: it is told a recap instead`,
        );
    } finally {
      await again.end();
    }
    return isWell;
  } finally {
    await agent.end();
  }
};

/** It offers no way, or one that does harm. */
const isMeantToLose = ({ initialized, known }: AskedAgent): boolean => {
  const { loadSession, sessionCapabilities } = initialized.agentCapabilities ?? {};
  const resumes = sessionCapabilities?.resume;
  return (loadSession !== true || known?.neverLoads !== undefined) && (resumes === undefined || resumes === null);
};

/** What is heard of a turn. */
const createHeard = () => {
  let signs = createTurnSigns();
  let known: AskedAgent['known'] = null;
  let onWord: (() => void) | null = null;
  let text = '';
  let updates = 0;
  let tellsUsage = false;
  return {
    turnBegins: (agent: AskedAgent, whenItSpeaks: (() => void) | null): void => {
      known = agent.known;
      signs = createTurnSigns();
      signs.recognise({ name: agent.initialized.agentInfo?.name ?? null, command: agent.known?.name ?? '' });
      signs.turnBegins();
      onWord = whenItSpeaks;
      text = '';
      updates = 0;
      tellsUsage = false;
    },
    update: (update: { readonly sessionUpdate: string; readonly content?: unknown }): void => {
      signs.update(update);
      updates += 1;
      if (update.sessionUpdate === 'usage_update' || (known?.saysInUpdate?.(update) ?? []).length > 0)
        tellsUsage = true;
      if (!/^agent_(?:message|thought)_chunk$/u.test(update.sessionUpdate)) return;
      if (update.sessionUpdate === 'agent_message_chunk') text += textOf(update.content);
      onWord?.();
    },
    turnEnds: (answer: Awaited<ReturnType<AskedAgent['prompt']>>) => ({
      text: text.trim(),
      updates,
      usage: tellsUsage || readUsage(answer.usage).usage !== null || (known?.saysInAnswer?.(answer) ?? []).length > 0,
      failure: signs.turnEnds(answer)?.message ?? null,
    }),
  };
};

const textOf = (content: unknown): string =>
  typeof content === 'object' && content !== null && 'text' in content && typeof content.text === 'string'
    ? content.text
    : '';
