/**
 * What of a session's agent is chosen: kept over its processes, set whenever its conversation is opened, and followed
 * while it changes. What a person chose must be set, or the run fails; what stands in the settings, or is chosen so that
 * the agent asks, costs a notice when it cannot be.
 */
import { noOffer, offerIn, optionsOf, type Setting, settingOf } from '../agents/acp/config-options.ts';
import type { Transcript } from '../agents/acp/transcript.ts';
import { AgentAnsweredError } from '../agents/acp/wire/json-rpc.ts';
import { asks, modeThatAsks } from '../agents/known/asking.ts';
import type { KnownAgent } from '../agents/known/known-agent.ts';
import { optionCalled } from '../model/run/chosen-option.ts';
import { storedValue } from '../model/run/stored-text.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { fact, type LedgerFact, type OptionValue } from '../protocol/facts/events.ts';
import type { Timestamp } from '../protocol/facts/ids.ts';
import type { SessionTask } from '../protocol/threads/session-messages.ts';

/** Sends a setting to the agent, and gives its answer. */
type Send = (setting: Setting) => Promise<unknown>;

type Wanted = {
  readonly called: string;
  readonly value: OptionValue;
  /** Whether a person asked for it. */
  readonly isAsked: boolean;
};

export const createAgentOptions = (options: {
  readonly task: Pick<SessionTask, 'mode' | 'choices' | 'defaults' | 'approvalPolicy'>;
  /** Where the agent's words are written down: the transcript of the run under way, or of the last. */
  readonly transcript: () => Transcript | null;
  readonly recordInLedger: (fact: LedgerFact) => void;
  readonly clock: () => Timestamp;
}) => {
  const { task, transcript, recordInLedger, clock } = options;
  const choices = new Map<string, OptionValue>(Object.entries(task.choices));
  let { mode } = task;
  let agent: KnownAgent | null = null;
  let offer = noOffer;
  let isOpen = false;
  let recorded = '[]';

  const currentMode = (): string | null => {
    const value = optionCalled(optionsOf(offer), 'mode')?.value;
    return typeof value === 'string' ? value : null;
  };

  /** Takes in what the agent offers; false when nothing of this is said. */
  const take = (said: unknown): boolean => {
    const read = offerIn(said, offer);
    if (read === null) return false;
    offer = read.offer;
    for (const part of read.unread.slice(0, maxUnreadParts)) {
      transcript()?.note('option_unread', { part: storedValue(part, maxUnreadBytes) });
    }
    return true;
  };

  const record = (): void => {
    const payload = { options: [...optionsOf(offer)], asks: asks(agent, currentMode()) };
    const said = JSON.stringify(payload.options);
    if (said === recorded) return;
    recorded = said;
    transcript()?.say('options', payload);
  };

  const remember = (called: string, value: OptionValue): void => {
    choices.delete(called);
    if (value !== '') choices.set(called, value);
    if (called === 'mode' && typeof value === 'string') mode = value || null;
  };

  /** What is to be set, each option once: the model first, because what else there is may follow from it; the mode last. */
  const wanted = (): readonly Wanted[] => {
    const offered = optionsOf(offer);
    const { mode: defaultMode = null, ...defaults } = task.defaults;
    const modes = optionCalled(offered, 'mode')?.choices?.map(({ value }) => value) ?? [];
    const asking = task.approvalPolicy === 'allow' ? null : modeThatAsks(agent, modes);
    const wantedMode = mode ?? defaultMode ?? asking;
    const inOrder: readonly Wanted[] = [
      ...Object.entries(defaults).map(([called, value]) => ({ called, value, isAsked: false })),
      ...(wantedMode === null
        ? []
        : [{ called: 'mode', value: wantedMode, isAsked: choices.get('mode') === wantedMode }]),
      ...[...choices].flatMap(([called, value]) => (called === 'mode' ? [] : [{ called, value, isAsked: true }])),
    ];
    const byOption = new Map(inOrder.map((each) => [optionCalled(offered, each.called)?.id ?? each.called, each]));
    const rank = ({ called }: Wanted): number => {
      const option = optionCalled(offered, called);
      return option === null
        ? 1
        : option === optionCalled(offered, 'model')
          ? 0
          : option === optionCalled(offered, 'mode')
            ? 2
            : 1;
    };
    return [...byOption.values()].sort((left, right) => rank(left) - rank(right));
  };

  const set = async ({ called, value: given }: Pick<Wanted, 'called' | 'value'>, send: Send): Promise<void> => {
    const { setting, offer: after, option, value } = settingOf(offer, called, given);
    if (setting === null) return;
    const answer = await send(setting);
    if (!take(answer)) {
      offer = after;
      return;
    }
    const now = optionCalled(optionsOf(offer), option.id)?.value ?? value;
    if (now !== value) notice(`the agent was asked to set ${option.id} to ${value}, and says that it is ${now}`);
  };

  const setOrTell = async (each: Wanted, send: Send): Promise<void> => {
    try {
      await set(each, send);
    } catch (thrown) {
      if (each.isAsked || !isRefusal(thrown)) throw thrown;
      notice(`${each.called} is not set to ${each.value}: ${thrown.message}`);
    }
  };

  const notice = (text: string): void => transcript()?.say('notice', { text: text.slice(0, 1_000), level: 'warning' });

  return {
    /** Another process of the agent begins: what it offers it will say itself. */
    begins: (): void => {
      offer = noOffer;
      isOpen = false;
    },

    /**
     * The conversation is open with this answer: sets what is chosen, also what is chosen meanwhile. Raises what the
     * agent refused of what a person chose, and `agent.option_unknown`.
     */
    opened: async (said: unknown, known: KnownAgent | null, send: Send): Promise<void> => {
      agent = known;
      isOpen = true;
      take(said);
      const done = new Set<string>();
      const keyOf = ({ called, value }: Wanted): string => JSON.stringify([called, value]);
      try {
        for (;;) {
          const next = wanted().find((each) => !done.has(keyOf(each)));
          if (next === undefined) return;
          done.add(keyOf(next));
          await setOrTell(next, send);
        }
      } finally {
        record();
      }
    },

    /** Takes in an update; false when it says nothing of this. A mode the agent goes to in a turn is the one from then on. */
    heard: (update: unknown, inTurn: boolean): boolean => {
      if (!isOpen) return false;
      const before = currentMode();
      if (!take(update)) return false;
      record();
      const now = currentMode();
      if (inTurn && now !== null && now !== before && now !== mode) {
        mode = now;
        choices.delete('mode');
        recordInLedger(fact('agent_mode_learnt', { mode }, clock()));
      }
      return true;
    },

    /**
     * A person has chosen this, as the ledger says already: it is set with `send`, or without one at the next opening.
     * Raises `agent.option_unknown` and `agent.option_refused`; what there was before is then chosen again.
     */
    choose: async (called: string, value: OptionValue, send: Send | null): Promise<void> => {
      const before = optionCalled(optionsOf(offer), called)?.value ?? null;
      remember(called, value);
      if (send === null || value === '') return;
      try {
        await set({ called, value }, send);
        record();
      } catch (thrown) {
        // An agent that is gone has not refused it: the next one will be told.
        if (!isRefusal(thrown)) return;
        if (before === null) choices.delete(called);
        else {
          remember(called, before);
          recordInLedger(fact('option_chosen', { optionId: called, value: before }, clock()));
        }
        if (thrown instanceof ThroughlineError) throw thrown;
        throw new ThroughlineError('agent.option_refused', `the agent refused ${thrown.message}`, { cause: thrown });
      }
    },

    mode: currentMode,
    asks: (): boolean | null => asks(agent, currentMode()),
  };
};

const maxUnreadParts = 20;
const maxUnreadBytes = 2_048;

const isRefusal = (thrown: unknown): thrown is AgentAnsweredError | ThroughlineError =>
  thrown instanceof AgentAnsweredError ||
  (thrown instanceof ThroughlineError && thrown.code === 'agent.option_unknown');
