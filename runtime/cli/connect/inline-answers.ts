/** Asks a person who watches a session at a terminal what its agent asks, where it is shown. */
import { asThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { Client } from '../../client/client.ts';
import { type Asked, keyQuestion, requestAnswers, type Said } from '../choose/request-answers.ts';
import { askPerson, canAsk } from '../invocation/ask-person.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { errorLine } from '../invocation/report-error.ts';
import { knownFact } from '../render/known-fact.ts';
import { sendAnswer } from './send-answer.ts';

export type InlineAnswers = {
  /** Takes what was shown: a request is asked after those that were before it, one that was answered no more. */
  readonly shown: (event: HistoryEvent) => void;
  /** Asks what waits already. */
  readonly waiting: (requests: readonly Asked[]) => void;
  /** Takes back what is asked. */
  readonly end: () => Promise<void>;
};

/** Whether a request is answered where it is shown: only where somebody sees it and can type, and where a key says all. */
export const isAskedInline = (invocation: Invocation, asked: Asked): boolean =>
  !invocation.json && canAsk(invocation.terminal) && requestAnswers(asked).length > 0;

const leaveOpen = Symbol('leave open');

export const createInlineAnswers = (
  invocation: Invocation,
  {
    client,
    id,
    isAsked = () => true,
  }: {
    readonly client: Client;
    readonly id: string;
    /** Whether a person is to answer it, and no policy. */
    readonly isAsked?: (asked: Asked) => boolean;
  },
): InlineAnswers => {
  const { terminal } = invocation;
  const open = new Map<string, { readonly asked: Asked; readonly taken: AbortController }>();
  let hasEnded = false;
  let asking: Promise<void> | null = null;

  const add = (asked: Asked): void => {
    if (open.has(asked.approvalId) || !isAskedInline(invocation, asked) || !isAsked(asked)) return;
    open.set(asked.approvalId, { asked, taken: new AbortController() });
    asking ??= askAll().finally(() => {
      asking = null;
    });
  };

  const askAll = async (): Promise<void> => {
    for (let [next] = open.values(); next !== undefined && !hasEnded; [next] = open.values()) {
      const { asked, taken } = next;
      try {
        const said = await askOne(asked, taken.signal);
        if (said === leaveOpen) terminal.stderr.write('\n');
        else await answerWith(asked, said);
      } catch (thrown) {
        terminal.stderr.write(`${errorLine(asThroughlineError(thrown))}\n`);
      }
      open.delete(asked.approvalId);
    }
  };

  const askOne = async (asked: Asked, signal: AbortSignal): Promise<Spoken | typeof leaveOpen> => {
    const answers = requestAnswers(asked);
    const isQuestion = asked.question !== undefined;
    const keys = [...answers, ...(isQuestion ? [] : [{ key: 'r', words: 'no, and say why' }])];
    const question = keyQuestion(isQuestion ? 'Which?' : 'Allow?', keys, terminal.screen().columns);
    const type = async (words: string): Promise<string | null> => {
      try {
        const [typed = ''] = await askPerson(terminal, [words], signal);
        return typed.trim();
      } catch {
        // Answered elsewhere, or the person leaves: the request waits on, if it waits.
        return null;
      }
    };
    for (;;) {
      const typed = await type(question);
      if (typed === null) return leaveOpen;
      const key = typed.toLowerCase();
      const answer = answers.find((each) => each.key === key);
      if (answer !== undefined) return { said: answer.said, why: '' };
      const no = answers.find((each) => each.key === 'n');
      if (key !== 'r' || isQuestion || no === undefined) continue;
      const why = await type('Say why (it is queued as the next prompt): ');
      return why === null ? leaveOpen : { said: no.said, why };
    }
  };

  const answerWith = async (asked: Asked, { said, why }: Spoken): Promise<void> => {
    await sendAnswer(client, id, asked, said);
    if (why === '') return;
    await client.call('queuePrompt', { parameters: { id }, body: { prompt: why, evenAfterFailure: false } });
  };

  return {
    shown: (event) => {
      const fact = knownFact(event);
      if (fact?.type === 'approval_requested') add(fact.payload);
      if (fact?.type === 'approval_resolved') {
        const { approvalId } = fact.payload;
        open.get(approvalId)?.taken.abort();
        open.delete(approvalId);
      }
    },
    waiting: (requests) => {
      for (const asked of requests) add(asked);
    },
    end: async () => {
      hasEnded = true;
      for (const { taken } of open.values()) taken.abort();
      await asking;
    },
  };
};

type Spoken = { readonly said: Said; readonly why: string };
