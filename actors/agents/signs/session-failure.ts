/**
 * Failures and retries in fields instead of prose: JetBrains' extension of the protocol, which codex and claude have. It
 * is told to clients that announce it (`initialize.ts`) in the `_meta` of the answer to a prompt (a failure) and of
 * session_info_update (a warning: the agent tries again).
 */
import * as z from 'zod';
import { type FailureKind, failureKinds } from '../../protocol/facts/events.ts';
import { causeInText } from './error-cause.ts';
import { kindInWords } from './failure-kind.ts';
import type { TurnFailure } from './turn-evidence.ts';

const carrier = z.looseObject({
  jetbrains: z.looseObject({
    air: z.looseObject({
      sessionFailure: z.looseObject({
        severity: z.string().nullish(),
        category: z.string().nullish(),
        title: z.string(),
      }),
    }),
  }),
});

/** A failure or a warning of this extension, of `_meta`; null without one. */
export const sessionFailureIn = (meta: unknown): (TurnFailure & { readonly isWarning: boolean }) | null => {
  const parsed = carrier.safeParse(meta);
  if (!parsed.success) return null;
  const { severity, category, title } = parsed.data.jetbrains.air.sessionFailure;
  const message = causeInText(title);
  const inWords = kindInWords(title);
  // A conversation that is too long has no category of its own.
  const kind = inWords === 'context' ? inWords : (kindOfCategory(category) ?? inWords);
  return { message, kind, isWarning: severity === 'warning' };
};

const kindOfCategory = (category: string | null | undefined): FailureKind | null =>
  failureKinds.find((kind) => kind === category) ?? null;
