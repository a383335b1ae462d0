import * as z from 'zod';
import { causeInText } from '../signs/error-cause.ts';
import { kindInWords, kindOfCodexInfo } from '../signs/failure-kind.ts';
import { retryOf } from '../signs/retry.ts';
import { isNamed, type KnownAgent } from './known-agent.ts';

const failed = z.looseObject({
  codex: z.looseObject({ threadStatus: z.looseObject({ type: z.literal('systemError') }) }),
});

const retrying = z.looseObject({
  _meta: z.looseObject({
    codex: z.looseObject({
      error: z.looseObject({
        message: z.string(),
        additionalDetails: z.string().nullish(),
        codexErrorInfo: z.unknown(),
        willRetry: z.literal(true),
      }),
    }),
  }),
});

/**
 * Codex: tried with @agentclientprotocol/codex-acp 2.6.0 and @zed-industries/codex-acp 0.16.0. In `read-only` both ask a
 * person for every edit. In `workspace-write` the one, in `auto` the other edits the workspace unasked and asks for what
 * goes beyond; the default of the one, `agent`, asks a model of its own.
 */
export const codex: KnownAgent = {
  name: 'codex',
  recognises: isNamed('codex-acp', '@agentclientprotocol/codex-acp', '@zed-industries/codex-acp'),
  asksIn: ['read-only'],
  // A key alone opens no conversation.
  logsInBy: [{ methodId: 'api-key', needs: ['CODEX_API_KEY', 'OPENAI_API_KEY'] }],
  // Exhausted retries, broken streams and a context that is full: its thread is in error at the end, and what it was is
  // the last message, which alone has no id.
  failureIn: ({ info, lastPiece, lastHasId }) => {
    if (!failed.safeParse(info).success) return null;
    const message =
      lastHasId || lastPiece === '' ? 'codex ended the turn with an error of its own' : causeInText(lastPiece);
    return { message, kind: kindInWords(lastHasId ? '' : lastPiece) };
  },
  retryIn: (update) => {
    const parsed = retrying.safeParse(update);
    if (!parsed.success) return null;
    const { message, additionalDetails, codexErrorInfo } = parsed.data._meta.codex.error;
    const why = additionalDetails ?? message;
    // A limit that breaks a stream is a broken stream by its field.
    return retryOf(message, causeInText(why), kindInWords(why) ?? kindOfCodexInfo(codexErrorInfo));
  },
};
