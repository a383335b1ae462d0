/**
 * What a session used, counted once: a fold of what its agent told of tokens and money, in the order of the log. Tokens
 * are told of a call of the model or of a turn, money as a counter that only grows.
 */
import type { RunFact } from '../../protocol/facts/events.ts';

/** Tokens by what they cost: each token is in one of the first four alone; `thought` are among the `output`. */
export type Tokens = {
  readonly input: number;
  readonly output: number;
  readonly cachedRead: number;
  readonly cachedWrite: number;
  readonly thought: number;
};

/** A turn, or as much of it as was told. */
export type UsedInTurn = {
  readonly run: number;
  /** When it was told of last, in milliseconds UTC. */
  readonly at: number;
  /** As the agent names it among its options; null where it names none. */
  readonly model: string | null;
  readonly tokens: Tokens;
  /** What the agent itself says that it cost; null where it says nothing. */
  readonly cost: { readonly amount: number; readonly currency: string } | null;
};

export type UsageCount = {
  readonly turns: readonly UsedInTurn[];
  readonly model: string | null;
  /** The money that the agent told last; null where nobody knows what its counter had counted before. */
  readonly counter: { readonly amount: number; readonly currency: string } | 'zero' | null;
  /** Whether the last of the turns has been told of as a whole, so that tokens that follow are another's. */
  readonly isWhole: boolean;
};

/** Before the first event of a session. */
export const nothingUsed: UsageCount = { turns: [], model: null, counter: null, isWhole: true };

/** The events that it is a fold of; others change nothing. */
export const usageTypes = ['usage', 'conversation', 'options'] as const;

/** A number is an agent's word: more than this in one turn is none. */
const mostInOneTurn = 1e12;

/** Agents whose counter of money begins at nothing with each process, also where that takes a conversation up. */
const countsByProcess = /claude/iu;

/** Takes the next event of a session in, which is one of its run of that number. */
export const countUsage = (count: UsageCount, run: number, fact: RunFact): UsageCount => {
  switch (fact.type) {
    case 'conversation': {
      const { how, agent } = fact.payload;
      const isNew = how === 'begun' || how === 'begun_anew';
      return isNew || countsByProcess.test(agent ?? '') ? { ...count, counter: 'zero' } : count;
    }
    case 'options': {
      const chosen = fact.payload.options.find(({ category }) => category === 'model')?.value;
      return { ...count, model: typeof chosen === 'string' ? chosen : count.model };
    }
    case 'usage':
      return withMoney(withTokens(count, run, fact), run, fact);
    default:
      return count;
  }
};

type Usage = Extract<RunFact, { readonly type: 'usage' }>;

const noTokens: Tokens = { input: 0, output: 0, cachedRead: 0, cachedWrite: 0, thought: 0 };

const withTokens = (count: UsageCount, run: number, { payload, occurredAt }: Usage): UsageCount => {
  const told = tokensOf(payload);
  if (told === null) return count;
  const isWhole = payload.of === 'turn';
  const open = count.isWhole ? undefined : turnOf(count, run);
  // The sum of a turn holds the calls that were told one by one, those of its subagents as well.
  const tokens = open === undefined || isWhole ? told : sumOf(open.tokens, told);
  // Money may have been told before the first tokens were.
  const awaiting = open ?? moneyAlone(count, run);
  const used = { run, at: occurredAt, model: count.model, tokens, cost: awaiting?.cost ?? null };
  return { ...count, turns: [...(awaiting ? count.turns.slice(0, -1) : count.turns), used], isWhole };
};

const withMoney = (count: UsageCount, run: number, { payload, occurredAt }: Usage): UsageCount => {
  const { cost } = payload;
  if (cost === undefined || !isFigure(cost.amount)) return count;
  const counter = { amount: cost.amount, currency: cost.currency };
  const spent = spentSince(count.counter, counter);
  if (spent === null) return { ...count, counter };
  const last = turnOf(count, run);
  const before = last?.cost ?? null;
  if (before !== null && before.currency !== counter.currency) return { ...count, counter };
  const money = { amount: (before?.amount ?? 0) + spent, currency: counter.currency };
  if (last === undefined) {
    const used = { run, at: occurredAt, model: count.model, tokens: noTokens, cost: money };
    return { ...count, counter, turns: [...count.turns, used], isWhole: true };
  }
  return { ...count, counter, turns: [...count.turns.slice(0, -1), { ...last, cost: money }] };
};

/** What a counter has grown by; null where that is not known. One that is smaller than it was has begun again. */
const spentSince = (before: UsageCount['counter'], now: { amount: number; currency: string }): number | null => {
  if (before === null) return null;
  if (before === 'zero') return now.amount;
  if (before.currency !== now.currency) return null;
  return now.amount >= before.amount ? now.amount - before.amount : now.amount;
};

const turnOf = ({ turns }: UsageCount, run: number): UsedInTurn | undefined => {
  const last = turns.at(-1);
  return last?.run === run ? last : undefined;
};

const moneyAlone = (count: UsageCount, run: number): UsedInTurn | undefined => {
  const last = turnOf(count, run);
  return last?.tokens === noTokens ? last : undefined;
};

/** The tokens that were told; null where it was of none, as of the context alone. */
const tokensOf = (payload: Usage['payload']): Tokens | null => {
  const { inputTokens, outputTokens, totalTokens } = payload;
  if (inputTokens === undefined && outputTokens === undefined) return null;
  const [input, output] = [figure(inputTokens), figure(outputTokens)];
  const [cachedRead, cachedWrite] = [figure(payload.cachedReadTokens), figure(payload.cachedWriteTokens)];
  // Some count what was cached among the input and some beside it: their total tells which. Where they tell none, it is
  // among it, as with most.
  const isBeside = figure(totalTokens) >= input + output + cachedRead + cachedWrite && totalTokens !== undefined;
  const fresh = isBeside ? input : Math.max(0, input - cachedRead - cachedWrite);
  return { input: fresh, output, cachedRead, cachedWrite, thought: Math.min(output, figure(payload.thoughtTokens)) };
};

const isFigure = (value: number): boolean => Number.isFinite(value) && value >= 0 && value <= mostInOneTurn;

const figure = (value: number | undefined): number => (value !== undefined && isFigure(value) ? value : 0);

/** Both together. */
export const sumOf = (one: Tokens, other: Tokens): Tokens => ({
  input: one.input + other.input,
  output: one.output + other.output,
  cachedRead: one.cachedRead + other.cachedRead,
  cachedWrite: one.cachedWrite + other.cachedWrite,
  thought: one.thought + other.thought,
});
