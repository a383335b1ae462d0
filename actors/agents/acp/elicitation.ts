/**
 * Elicitation: the agent asks a person to fill in a form, or to open a page. A form is bounded and has only what a form
 * has; a page is one of the web. Anything else is refused, for nobody could be shown what it is.
 */
import * as z from 'zod';
import { boundedForm } from '../../protocol/asked/answer-form.ts';
import { pageAddress } from '../../protocol/asked/page-address.ts';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import type { Payload } from '../../protocol/facts/events.ts';
import { parseAs } from './wire/parse-as.ts';

/** What we can show, as it is announced. */
export const elicitationCapability = { form: {}, url: {} } as const;

const request = z.looseObject({
  mode: z.string().nullish(),
  message: z.string().nullish().catch(null),
  sessionId: z.string().nullish().catch(null),
  toolCallId: z.string().nullish().catch(null),
  requestedSchema: z.unknown().optional(),
  url: z.string().optional(),
  elicitationId: z.string().max(1_000).nullish(),
});

const completed = z.looseObject({ elicitationId: z.string() });

export type Elicitation = {
  readonly sessionId: string | null;
  readonly toolCallId: string | null;
  readonly message: string;
  readonly elicitationId: string | null;
  readonly question: { readonly form: unknown } | { readonly url: string };
};

/** What is asked. Raises `input.invalid` for what cannot be shown to a person. */
export const readElicitation = (params: unknown): Elicitation => {
  const read = parseAs(request, params, 'the parameters of elicitation/create are', 'input.invalid');
  return {
    sessionId: read.sessionId ?? null,
    toolCallId: read.toolCallId ?? null,
    message: read.message ?? '',
    elicitationId: read.elicitationId ?? null,
    question: questionOf(read),
  };
};

const questionOf = ({ mode, requestedSchema, url }: z.infer<typeof request>): Elicitation['question'] => {
  switch (mode ?? 'form') {
    case 'form':
      return { form: boundedForm(requestedSchema) };
    case 'url': {
      const page = pageAddress(url ?? '');
      if (page !== null) return { url: page.href };
      throw new ThroughlineError(
        'input.invalid',
        'this address is of no page of the web, so nobody is asked to open it',
      );
    }
    default:
      throw new ThroughlineError('input.invalid', `there is no way to ask by ${(mode ?? '').slice(0, 100)}`);
  }
};

/** Which elicitation a page's work is done for; null when that cannot be read. */
export const completedElicitation = (params: unknown): string | null => {
  const parsed = completed.safeParse(params);
  return parsed.success ? parsed.data.elicitationId : null;
};

/** What the agent hears of an answer. */
export const elicitationAnswer = ({ outcome, answers }: Payload<'approval_resolved'>): unknown => {
  if (outcome === 'answered') return { action: 'accept', ...(answers === undefined ? {} : { content: answers }) };
  return { action: outcome === 'denied' ? 'decline' : 'cancel' };
};
