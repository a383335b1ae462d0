import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { setTimeout as elapse, setImmediate as nextRound } from 'node:timers/promises';
import type { StepOf } from '../stage/script.ts';
import type { Stage } from '../stage/stage.ts';

const never = new Promise<never>(() => {});
const pieceBytes = 64 * 1024;
const eventsPerRound = 64;

/** Dies, after what was said before has left the process. */
export const crash = async (stage: Stage, step: StepOf<'crash'>): Promise<void> => {
  await stage.wire.flush();
  const { stderr: lastWords } = step;
  if (lastWords !== undefined) await new Promise<void>((resolve) => process.stderr.write(lastWords, () => resolve()));
  if (step.signal === undefined) process.exit(step.code);
  process.kill(process.pid, step.signal);
  await never;
};

export const hang = async (stage: Stage, step: StepOf<'hang'>): Promise<void> => {
  // The timer keeps the process alive when its stdin has ended; a handler that does nothing is what ignores a signal.
  const keepAlive = step.ignoreSigterm || step.ignoreCancel ? setInterval(() => {}, 60_000) : undefined;
  if (step.ignoreSigterm) {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  }
  // Said only now, so that who hears it can rely on what is ignored.
  if (step.text !== undefined) await stage.say(step.text);
  if (step.frozen) {
    await stage.wire.flush();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  await (step.ignoreCancel ? never : stage.unlessCancelled(never)).finally(() => clearInterval(keepAlive));
};

/** As much as stdout takes, and no more: a reader that stops reading stops the flood. None of it is remembered. */
export const flood = async (stage: Stage, { bytes, events, eventCharacters }: StepOf<'flood'>): Promise<void> => {
  const text = 'flood '.repeat(Math.ceil(eventCharacters / 6)).slice(0, eventCharacters);
  const update = { sessionUpdate: 'agent_message_chunk', messageId: randomUUID(), content: { type: 'text', text } };
  const { sessionId } = stage.session.conversation;
  const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params: { sessionId, update } })}\n`;
  const count = events ?? Math.ceil((bytes ?? 0) / Buffer.byteLength(line));
  for (let sent = 0; sent < count; sent += 1) {
    await stage.unlessCancelled(stage.wire.write(line));
    if (sent % eventsPerRound === 0) await nextRound();
  }
};

export const garbage = async (stage: Stage, step: StepOf<'garbage'>): Promise<void> => {
  if (step.text !== undefined) await stage.wire.write(step.text);
  if (step.base64 !== undefined) await stage.wire.write(Buffer.from(step.base64, 'base64'));
  for (let left = step.bytes ?? 0; left > 0; left -= pieceBytes) {
    await stage.unlessCancelled(stage.wire.write('x'.repeat(Math.min(left, pieceBytes))));
  }
  if (step.newline) await stage.wire.write('\n');
};

export const stderr = (step: StepOf<'stderr'>): Promise<void> =>
  new Promise((resolve) => process.stderr.write(step.text, () => resolve()));

export const replyTwice = async (stage: Stage): Promise<void> => {
  stage.ending.times = 2;
};

/** Notifications that arrive after the turn was answered. */
export const late = async (stage: Stage, { text, times, afterMs }: StepOf<'late'>): Promise<void> => {
  stage.ending.afterwards.push(async () => {
    for (let time = 0; time < times; time += 1) {
      await elapse(afterMs);
      await stage.say(text);
    }
  });
};

/** A process that goes on when the agent has gone, and says its pid. It ends by itself, so that no test leaves it for ever. */
export const grandchild = async (stage: Stage, step: StepOf<'grandchild'>): Promise<void> => {
  const ignoring = step.ignoreSigterm ? "for (const s of ['SIGTERM','SIGINT','SIGHUP']) process.on(s, () => {});" : '';
  const child = spawn(process.execPath, ['-e', `${ignoring} setTimeout(() => {}, ${step.forMs});`], {
    detached: step.group === 'own',
    stdio: ['ignore', step.holdStdout ? 'inherit' : 'ignore', 'ignore'],
  });
  child.unref();
  await stage.say(
    `Left process ${child.pid} running in ${step.group === 'own' ? 'a group of its own' : 'my group'}.\n`,
  );
};

/** Closes the pipe and lives on. Something must take the number 1, or the next file that is opened would. */
export const closeStdout = async (stage: Stage): Promise<void> => {
  await stage.wire.flush();
  closeSync(1);
  openSync(devNull, 'w');
};
