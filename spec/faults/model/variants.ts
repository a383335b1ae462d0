/** Writers that are wrong on purpose, one for each law, so that the laws can be seen to catch them. */
import type { Seq } from '../../../actors/protocol/facts/ids.ts';
import type { WriterReply, WriterRequest } from '../../../actors/protocol/threads/writer-messages.ts';
import type { Database } from '../../../actors/store/file/sqlite.ts';
import type { createCommit } from '../../../actors/writer/commit.ts';
import type { Log } from '../../../actors/writer/log.ts';

export type Variant =
  | 'acknowledges before the commit'
  | 'keeps its position after a rollback'
  | 'does not recognise a repetition'
  | 'lets the dead writer write on'
  | 'takes a second end';

/** The log of a writer, wrong where the variant says so. */
export const variantLog = (log: Log, variant: Variant | undefined): Log =>
  variant === 'keeps its position after a rollback' ? { ...log, forget: () => {} } : log;

/** One commit of a writer, wrong where the variant says so. */
export const variantCommit = (
  real: ReturnType<typeof createCommit>,
  requests: readonly WriterRequest[],
  { database, log, variant }: { database: Database; log: Log; variant: Variant | undefined },
): ReturnType<ReturnType<typeof createCommit>> => {
  switch (variant) {
    case 'acknowledges before the commit': {
      // Answers as if they were stored; they are, with whatever is committed next.
      const postponed = postponedBy.get(real) ?? [];
      postponedBy.set(real, [...requests]);
      const { position, sessions } = real(postponed);
      return { position, sessions, replies: requests.map((request) => promised(log, request)) };
    }
    case 'does not recognise a repetition':
      return real(requests.map((request) => withoutExpectation(log, request)));
    case 'takes a second end':
      database.exec('UPDATE runs SET outcome = NULL');
      log.forget();
      return real(requests);
    default:
      return real(requests);
  }
};

const postponedBy = new WeakMap<object, WriterRequest[]>();

const promised = (log: Log, request: WriterRequest): WriterReply => {
  if (request.kind !== 'append') {
    return { kind: 'answer', requestId: request.requestId, answer: { kind: 'removed', events: 0, isWhole: true } };
  }
  return {
    kind: 'acknowledged',
    results: request.batches.map(({ runKey, firstSeq, events }) => ({
      kind: 'appended' as const,
      runKey,
      lastSeq: Math.max(firstSeq + events.length - 1, log.run(runKey)?.state.lastSeq ?? 0) as Seq,
    })),
  };
};

const withoutExpectation = (log: Log, request: WriterRequest): WriterRequest =>
  request.kind !== 'append'
    ? request
    : {
        kind: 'append',
        batches: request.batches.map((batch) => ({
          ...batch,
          firstSeq: ((log.run(batch.runKey)?.state.lastSeq ?? 0) + 1) as Seq,
        })),
      };
