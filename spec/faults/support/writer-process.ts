/**
 * A process of its own that runs the writer's real store, log, commit and mailbox on a data directory and appends event
 * after event, saying on stdout what was acknowledged. Small, so that a system call of it can be made to fail by number.
 *
 *   node writer-process.ts DATABASE EVENTS
 *
 * It prints `ready`, then `acknowledged SEQ` for each event, `paused CODE`, `resumed`, and `done` at the end.
 */
import { encodeFact } from '../../../actors/protocol/facts/events.ts';
import type { EpochKey, RunId, Seq, SessionId, Timestamp } from '../../../actors/protocol/facts/ids.ts';
import type { WriterReply } from '../../../actors/protocol/threads/writer-messages.ts';
import { openStore } from '../../../actors/store/open-store.ts';
import { createCommit } from '../../../actors/writer/commit.ts';
import { openEpoch } from '../../../actors/writer/epoch.ts';
import { createLog } from '../../../actors/writer/log.ts';
import { createMailbox } from '../../../actors/writer/mailbox.ts';
import { created, message, migrationsFolder, prompt } from '../../support/log-world.ts';

const [path = '', count = '1'] = process.argv.slice(2);
const events = Number(count);
const damagedExitCode = 3;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const clock = (): Timestamp => Date.now() as Timestamp;

const database = openStore({ path, migrationsFolder, synchronous: 'FULL' });
const startPosition = createLog(database, 0 as EpochKey, clock).position();
const { epochKey } = openEpoch(database, {
  startPosition,
  startedAt: clock(),
  programVersion: 'test',
  pid: process.pid,
});
const log = createLog(database, epochKey, clock);
const mailbox = createMailbox({
  commit: createCommit(database, log, epochKey),
  onCommitted: () => {},
  onPaused: (error) => say(`paused ${error.code}`),
  // Nothing is written any more by this process, as by the runtime's writer: the next one begins anew.
  onDamaged: (error) => {
    say(`damaged ${error.code}`);
    process.stderr.write(`${error.message}\n`, () => process.exit(damagedExitCode));
  },
  onResumed: () => say('resumed'),
  schedule: setImmediate,
  scheduleRetry: (callback) => setTimeout(callback, 20),
});

const answered = (ask: (sender: { reply: (reply: WriterReply) => void }) => void): Promise<WriterReply> =>
  new Promise((resolve) => ask({ reply: resolve }));

const sessionId = `session ${Date.now()} ${process.pid}`;
const begin = async (): Promise<Extract<WriterReply, { kind: 'answer' }>['answer']> => {
  const reply = await answered((sender) =>
    mailbox.post(sender, {
      kind: 'open_session',
      requestId: 1,
      sessionId: sessionId as SessionId,
      ledgerRunId: `ledger of ${sessionId}` as RunId,
      ledger: [encodeFact(created('a session'))],
      runId: `run of ${sessionId}` as RunId,
      events: [encodeFact(prompt())],
    }),
  );
  if (reply.kind !== 'answer') throw new Error('a command was acknowledged');
  if (reply.answer.kind !== 'failed') return reply.answer;
  // Refused with a clear error while the disk is away; whoever asked tries again.
  say(`refused ${reply.answer.error.code}`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return begin();
};

say('ready');
const answer = await begin();
if (answer.kind !== 'begun') throw new Error(`answered ${answer.kind}`);
const { runKey, lastSeq } = answer.run;
say(`run ${runKey}`);
for (let index = 1; index <= events; index += 1) {
  const firstSeq = (lastSeq + index) as Seq;
  const batches = [{ runKey, firstSeq, events: [encodeFact(message(`event ${index} ${'x'.repeat(1_500)}`))] }];
  const reply = await answered((sender) => mailbox.post(sender, { kind: 'append', batches }));
  const [result] = reply.kind === 'acknowledged' ? reply.results : [];
  if (result?.kind !== 'appended' || result.lastSeq !== firstSeq) throw new Error(`answered ${JSON.stringify(reply)}`);
  say(`acknowledged ${firstSeq}`);
}
say('done');
database.close();
