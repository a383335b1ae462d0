import { setImmediate as nextRound } from 'node:timers/promises';
import type { Script, Step, Turn } from './stage/script.ts';
import { createStage, type LiveSession, type Stage } from './stage/stage.ts';
import type { Answer, Wire } from './stage/wire.ts';
import { RequestError } from './stage/wire.ts';
import { fsRead, fsWrite, terminal } from './steps/client.ts';
import * as faults from './steps/faults.ts';
import { mode, plan, say, think, usage } from './steps/speech.ts';
import { ask, edit, read, run } from './steps/tools.ts';

/** The turn that answers a prompt: the first whose `when` the prompt contains, else the next in order; the last repeats. */
export const pickTurn = (script: Script, prompt: string, playedInOrder: number): { turn: Turn; inOrder: boolean } => {
  const words = prompt.toLowerCase();
  const asked = script.turns.find(({ when }) => when !== undefined && words.includes(when.toLowerCase()));
  if (asked !== undefined) return { turn: asked, inOrder: false };
  const ordered = script.turns.filter(({ when }) => when === undefined);
  const turn = ordered[Math.min(playedInOrder, ordered.length - 1)] ?? script.turns.at(-1);
  return { turn: turn ?? { steps: [] }, inOrder: true };
};

// What is executed or opened is never made from what somebody typed.
const literalFields: ReadonlySet<string> = new Set(['do', 'command', 'args', 'path', 'kind']);

/** A step with `{{prompt}}` and `{{session}}` filled in, wherever it holds a text. */
export const fillIn = <Value>(value: Value, words: Readonly<Record<string, string>>): Value => {
  const fill = (part: unknown): unknown => {
    if (typeof part === 'string') return part.replace(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole);
    if (Array.isArray(part)) return part.map(fill);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, field]) => [key, literalFields.has(key) ? field : fill(field)]),
    );
  };
  return fill(value) as Value;
};

type Act = Exclude<Step, { do: 'stop' | 'repeat' }>;

const act = async (stage: Stage, step: Act): Promise<void> => {
  switch (step.do) {
    case 'think':
      return think(stage, step);
    case 'say':
      return say(stage, step);
    case 'plan':
      return plan(stage, step);
    case 'usage':
      return usage(stage, step);
    case 'mode':
      return mode(stage, step);
    case 'wait':
      return stage.wait(step.ms);
    case 'edit':
      return edit(stage, step);
    case 'read':
      return read(stage, step);
    case 'run':
      return run(stage, step);
    case 'ask':
      return ask(stage, step);
    case 'fs_read':
      return fsRead(stage, step);
    case 'fs_write':
      return fsWrite(stage, step);
    case 'terminal':
      return terminal(stage, step);
    case 'crash':
      return faults.crash(stage, step);
    case 'hang':
      return faults.hang(stage, step);
    case 'flood':
      return faults.flood(stage, step);
    case 'garbage':
      return faults.garbage(stage, step);
    case 'raw':
      return stage.wire.send(step.message);
    case 'stderr':
      return faults.stderr(step);
    case 'unknown_update':
      return stage.mention({ ...step.fields, sessionUpdate: step.kind });
    case 'reply_twice':
      return faults.replyTwice(stage);
    case 'late':
      return faults.late(stage, step);
    case 'grandchild':
      return faults.grandchild(stage, step);
    case 'close_stdout':
      return faults.closeStdout(stage);
    case 'error':
      throw new RequestError(step.code, step.message);
    default:
      return step satisfies never;
  }
};

/** Performs one step and gives the reason to stop, when the step is one. */
const perform = async (stage: Stage, step: Step): Promise<string | undefined> => {
  // Steps that wait for nothing must still let a cancel be read.
  await nextRound();
  stage.signal.throwIfAborted();
  if (step.do === 'stop') return step.reason;
  if (step.do !== 'repeat') return void (await act(stage, step));
  for (let time = 0; time < step.times; time += 1) {
    for (const repeated of step.steps) {
      const stopReason = await perform(stage, repeated);
      if (stopReason !== undefined) return stopReason;
    }
  }
  return undefined;
};

/** Plays one turn to its end and gives the answer to `session/prompt`. */
export const playTurn = async (
  session: LiveSession,
  wire: Wire,
  steps: readonly Step[],
  prompt: string,
): Promise<Answer> => {
  const controller = new AbortController();
  session.turn = controller;
  const stage = createStage(session, wire, controller);
  const words = { prompt, session: session.conversation.sessionId };
  let stopReason = 'end_turn';
  try {
    for (const step of steps) {
      const reason = await perform(stage, fillIn(step, words));
      if (reason === undefined) continue;
      stopReason = reason;
      break;
    }
  } catch (thrown) {
    if (!controller.signal.aborted) throw thrown;
    stopReason = 'cancelled';
  } finally {
    session.turn = undefined;
  }
  session.conversation.remember({ kind: 'turn_ended', stopReason });
  const { times, afterwards } = stage.ending;
  return {
    result: { stopReason },
    times,
    afterwards: async () => {
      for (const act of afterwards) await act();
    },
  };
};
