/** Recorded conversations of real agents, and a stand-in that plays one of them to the actor. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/until.ts';
import type { Script, StandIn, Wire } from './agent-script.ts';
import { createWorld, quiet, type World, type WorldOptions } from './world.ts';

export type Step = { readonly dir: 'c2a' | 'a2c'; readonly msg: Wire };

export const recordings = [
  'claude-agent-acp-0.101.0.announced',
  'claude-agent-acp-0.101.0.live',
  'claude-agent-acp-0.101.0.load',
  'claude-agent-acp-0.101.0.resume',
  'claude-agent-acp-0.49.0.announced',
  'claude-agent-acp-0.49.0.killed-in-permission',
  'claude-agent-acp-0.49.0.live',
  'claude-agent-acp-0.49.0.load',
  'claude-agent-acp-0.49.0.load-after-kill',
  'claude-agent-acp-0.49.0.resume',
  'codex-acp-2.6.0.announced',
  'codex-acp-2.6.0.live',
  'codex-acp-2.6.0.load',
  'codex-acp-2.6.0.resume',
  'copilot-1.0.102.announced',
  'copilot-1.0.102.live',
  'copilot-1.0.102.load',
  'gemini-0.61.0.announced',
  'gemini-0.61.0.live',
  'kilo-7.7.7.announced',
  'kilo-7.7.7.live',
  'kilo-7.7.7.load',
  'kilo-7.7.7.resume',
  'kimi-2.1.0.announced',
  'kimi-2.1.0.live',
  'kimi-2.1.0.load',
  'kimi-2.1.0.resume',
  'pi-acp-0.0.24.announced',
  'pi-acp-0.0.24.live',
  'pi-acp-0.0.24.load',
  'qwen-0.24.4.announced',
  'qwen-0.24.4.live',
  'qwen-0.24.4.load',
  'qwen-0.24.4.resume',
  'opencode-1.18.33.announced',
  'opencode-1.18.33.killed-in-permission',
  'opencode-1.18.33.live',
  'opencode-1.18.33.load',
  'opencode-1.18.33.load-after-kill',
  'opencode-1.18.33.resume',
] as const;
export type Recording = (typeof recordings)[number];

export const readRecording = (name: Recording): readonly Step[] =>
  readFileSync(fileURLToPath(new URL(`../../recordings/${name}.jsonl`, import.meta.url)), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Step);

/** The `session/update`s of a recording, or those of one kind. */
export const updatesOf = (name: Recording, kind?: string) =>
  readRecording(name).flatMap(({ dir, msg }) => {
    if (dir !== 'a2c' || msg.method !== 'session/update') return [];
    const { update } = msg.params as { update: { sessionUpdate: string } & Record<string, unknown> };
    return kind === undefined || update.sessionUpdate === kind ? [update] : [];
  });

const isRequest = (message: Wire): boolean => message.method !== undefined && message.id !== undefined;
const isAnswer = (message: Wire): boolean => message.method === undefined;

/** What recorded clients asked for and the actor need not: whether it sets a mode is its own affair. */
const theirsAlone = ['session/list', 'session/set_mode'];

export type PlayOptions = {
  readonly change?: ((text: string) => string) | undefined;
  /** The id of the conversation that is taken up, in place of the recorded one. */
  readonly conversation?: string | undefined;
  /** The recording ends before the client's message that this is true of. */
  readonly stopsBefore?: ((waiting: Wire) => boolean) | undefined;
};

export type Player = {
  readonly script: Script;
  /** The recorded message of the client that is waited for; null when the recording is over. */
  readonly waitsFor: () => Wire | null;
};

/**
 * Plays what the recorded agent said, as far as the client has said what it had said before. Our ids of requests are
 * others than the recorded client's, so answers are given to ours. Requests that only the recorded client made are left
 * out, and those that only we make are answered with nothing, a prompt not at all.
 */
export const playRecording = (
  name: Recording,
  { change = (text) => text, stopsBefore = () => false, conversation }: PlayOptions = {},
): Player => {
  const recorded = readRecording(name);
  const all = conversation === undefined ? recorded : recorded.map((step) => ofConversation(step, name, conversation));
  const isTheirsAlone = ({ dir, msg }: Step): boolean => dir === 'c2a' && theirsAlone.includes(msg.method ?? '');
  const left = all.filter(isTheirsAlone).map(({ msg }) => msg.id);
  const steps = all.filter(
    (step) => !isTheirsAlone(step) && !(step.dir === 'a2c' && isAnswer(step.msg) && left.includes(step.msg.id ?? null)),
  );
  const ours = new Map<Wire['id'], Wire['id']>();
  const inbox: Wire[] = [];
  let at = 0;
  let isPlaying = false;

  const matches = (recorded: Wire, heard: Wire): boolean =>
    isAnswer(recorded) ? isAnswer(heard) && heard.id === recorded.id : heard.method === recorded.method;

  const takes = (recorded: Wire): boolean => {
    const index = inbox.findIndex((heard) => matches(recorded, heard));
    const heard = inbox[index];
    if (heard === undefined) return false;
    inbox.splice(index, 1);
    if (isRequest(recorded)) ours.set(recorded.id, heard.id);
    return true;
  };

  const play = (agent: StandIn): void => {
    if (isPlaying) return;
    isPlaying = true;
    for (let step = steps[at]; step !== undefined; step = steps[at]) {
      if (step.dir === 'c2a') {
        if (stopsBefore(step.msg) || !takes(step.msg)) break;
      } else {
        const message = isAnswer(step.msg) ? { ...step.msg, id: ours.get(step.msg.id) ?? null } : step.msg;
        agent.say(JSON.parse(change(JSON.stringify(message))) as Wire);
      }
      at += 1;
    }
    isPlaying = false;
  };

  const isRecorded = (message: Wire): boolean =>
    !isRequest(message) ||
    message.method === 'session/prompt' ||
    steps.some(({ dir, msg }) => dir === 'c2a' && msg.method === message.method);

  return {
    script: (message, agent) => {
      if (!isRecorded(message)) {
        agent.say({ id: message.id ?? null, result: {} });
        return;
      }
      inbox.push(message);
      play(agent);
    },
    waitsFor: () => steps[at]?.msg ?? null,
  };
};

export type Played = { readonly world: World; readonly player: Player };

const ofConversation = (step: Step, name: Recording, conversation: string): Step => {
  const ids = readRecording(name).flatMap(({ msg }) => {
    const { sessionId } = (msg.params ?? {}) as { sessionId?: string };
    return sessionId === undefined ? [] : [sessionId];
  });
  return JSON.parse(JSON.stringify(step).replaceAll(ids[0] ?? '', conversation)) as Step;
};

/** The agent loads its conversation instead of resuming it, as one that cannot resume. */
export const withoutResume = (text: string): string => text.replace(/"resume":\s*\{\},?/, '').replace(/,\s*\}/, '}');

/**
 * Does what the recorded person did (prompts, decisions, a cancel), each when the recording waits for it, until the
 * recording is over.
 */
export const live = async (name: Recording, options: Partial<WorldOptions> & PlayOptions = {}): Promise<Played> => {
  const { change, stopsBefore, ...given } = options;
  const conversation = given.agentSessionId ?? undefined;
  const player = playRecording(name, { change, stopsBefore, conversation });
  const world = createWorld({ ...given, script: player.script });
  const firstPrompt = readRecording(name).find(({ dir, msg }) => dir === 'c2a' && msg.method === 'session/prompt');
  world.beginRun(textOf(firstPrompt?.msg) ?? 'Continue');
  let begun = true;
  for (;;) {
    const waiting = player.waitsFor();
    if (waiting === null || stopsBefore?.(waiting) === true) break;
    if (waiting.method === 'session/prompt' && !begun) {
      await world.ended();
      world.beginRun(textOf(waiting) ?? '');
    }
    begun = false;
    if (waiting.method === 'session/cancel') {
      await until('the run is under way', () => world.facts().some(isRunning));
      world.interrupt();
    }
    if (isAnswer(waiting)) {
      const optionId = optionOf(waiting);
      if (optionId !== null) {
        const approval = await until('it is asked', () => world.openApprovals()[0]);
        const kind = approval.options.find((option) => option.optionId === optionId)?.kind ?? '';
        world.decide(approval.approvalId, kind.startsWith('allow') ? 'allow' : 'deny', optionId);
      }
    }
    await until(
      `the recording goes on after ${JSON.stringify(waiting).slice(0, 120)}`,
      () => player.waitsFor() !== waiting,
    );
  }
  await quiet();
  return { world, player };
};

const isRunning = (next: { readonly type: string; readonly payload: unknown }): boolean =>
  next.type === 'status' && (next.payload as { status: string }).status === 'running';

const textOf = (message: Wire | undefined): string | null => {
  const { prompt } = (message?.params ?? {}) as { prompt?: readonly { text?: string }[] };
  return prompt?.[0]?.text ?? null;
};

const optionOf = (message: Wire): string | null => {
  const { outcome } = (message.result ?? {}) as { outcome?: { optionId?: string } };
  return outcome?.optionId ?? null;
};
