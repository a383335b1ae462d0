import { randomUUID } from 'node:crypto';
import { setTimeout as elapse } from 'node:timers/promises';
import * as z from 'zod';
import { builtInScript, isRehearsalScript } from './built-in.ts';
import { replayOf } from './replay.ts';
import { rehearsalScripts } from './scripts/scripts.ts';
import type { Conversation } from './stage/conversation.ts';
import { createConversation, listConversations, openConversation } from './stage/conversation.ts';
import { blockText, promptBlock } from './stage/prompt-block.ts';
import type { Script, Step } from './stage/script.ts';
import type { LiveSession, ModeId } from './stage/stage.ts';
import type { Answer, Wire, WireHandlers } from './stage/wire.ts';
import { internalError, invalidParams, methodNotFound, RequestError, resourceNotFound } from './stage/wire.ts';
import { pickTurn, playTurn } from './turn.ts';

const modes = {
  default: { name: 'Default', description: 'Asks where the script says so' },
  careful: { name: 'Careful', description: 'Asks before every edit and every command' },
} as const satisfies Record<ModeId, unknown>;

const modeStateOf = (session: LiveSession) => ({
  currentModeId: session.mode,
  availableModes: Object.entries(modes).map(([id, mode]) => ({ id, ...mode })),
});

const availableCommands = Object.entries(rehearsalScripts).map(([name, description]) => ({
  name: `script: ${name}`,
  description,
}));

const paramsOf = {
  'session/new': z.object({ cwd: z.string().min(1) }),
  'session/load': z.object({ sessionId: z.string(), cwd: z.string().min(1) }),
  'session/list': z.object({ cwd: z.string().nullish() }),
  'session/close': z.object({ sessionId: z.string() }),
  'session/set_mode': z.object({ sessionId: z.string(), modeId: z.enum(['default', 'careful']) }),
  'session/prompt': z.object({
    sessionId: z.string(),
    prompt: z.array(promptBlock),
  }),
  'session/cancel': z.object({ sessionId: z.string() }),
} as const;

const parse = <Value>(schema: z.ZodType<Value>, params: unknown): Value => {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw new RequestError(invalidParams, z.prettifyError(parsed.error));
};

/** A line `script: NAME` in a prompt, and the prompt without it. */
export const scriptLineIn = (prompt: string): { name: string | undefined; rest: string } => {
  const found = /^[ \t]*script:[ \t]*(\S+)[ \t]*(?:\n|$)/im.exec(prompt);
  return { name: found?.[1], rest: found === null ? prompt : prompt.replace(found[0], '').trim() };
};

type AgentOptions = {
  readonly script: Script;
  readonly stateFolder: string;
  readonly wire: Wire;
  readonly now: () => Date;
  readonly exit: (code: number, lastWords: string) => void;
};

export type Agent = WireHandlers & {
  /** Ends every turn that is under way. */
  readonly cancelAll: () => void;
};

/** The agent's side of the protocol: sessions, and which turn of which script answers a prompt. */
export const createAgent = ({ script, stateFolder, wire, now, exit }: AgentOptions): Agent => {
  const { handshake } = script;
  const sessionsById = new Map<string, LiveSession>();

  const sessionOf = (sessionId: string): LiveSession => {
    const session = sessionsById.get(sessionId);
    if (session === undefined) throw new RequestError(resourceNotFound, `no session ${sessionId}`);
    return session;
  };

  const enter = (conversation: Conversation): LiveSession => {
    const session: LiveSession = { conversation, alwaysAllowed: new Set(), mode: 'default', turn: undefined };
    sessionsById.set(conversation.sessionId, session);
    return session;
  };

  const leave = (sessionId: string): void => {
    const session = sessionsById.get(sessionId);
    session?.turn?.abort();
    session?.conversation.close();
    sessionsById.delete(sessionId);
  };

  const announceCommands = (sessionId: string) => (): Promise<void> =>
    wire.notify('session/update', {
      sessionId,
      update: { sessionUpdate: 'available_commands_update', availableCommands },
    });

  const initialize = async (): Promise<Answer> => {
    if (handshake.exit !== undefined) exit(handshake.exit.code, handshake.exit.stderr);
    if (handshake.neverAnswer || handshake.exit !== undefined) await new Promise<never>(() => {});
    await elapse(handshake.answerAfterMs);
    const sessionCapabilities = {
      ...(handshake.resume ? { resume: {} } : {}),
      ...(handshake.list ? { list: {} } : {}),
      ...(handshake.close ? { close: {} } : {}),
    };
    const promptCapabilities = { image: true, audio: false, embeddedContext: true };
    return {
      result: {
        protocolVersion: 1,
        agentInfo: { name: 'throughline-rehearsal', title: 'Rehearsal', version: '1' },
        agentCapabilities: { loadSession: handshake.load, promptCapabilities, sessionCapabilities },
        authMethods: [],
      },
    };
  };

  const open = (params: unknown): LiveSession => {
    const { refuseLoad } = handshake;
    if (refuseLoad !== undefined) throw new RequestError(refuseLoad.code, refuseLoad.message);
    const { sessionId, cwd } = parse(paramsOf['session/load'], params);
    leave(sessionId);
    const conversation = openConversation(stateFolder, sessionId, cwd);
    if (conversation === undefined) throw new RequestError(resourceNotFound, `no conversation ${sessionId}`);
    return enter(conversation);
  };

  const load = async (params: unknown): Promise<Answer> => {
    const session = open(params);
    const { sessionId, records } = session.conversation;
    for (const update of replayOf(records(), randomUUID)) await wire.notify('session/update', { sessionId, update });
    return { result: { modes: modeStateOf(session) }, afterwards: announceCommands(sessionId) };
  };

  const startNew = (params: unknown): Answer => {
    const { refuseNew } = handshake;
    if (refuseNew !== undefined) throw new RequestError(refuseNew.code, refuseNew.message);
    const { cwd } = parse(paramsOf['session/new'], params);
    const session = enter(createConversation(stateFolder, cwd, now().toISOString()));
    const { sessionId } = session.conversation;
    return { result: { sessionId, modes: modeStateOf(session) }, afterwards: announceCommands(sessionId) };
  };

  const list = (params: unknown): Answer => {
    const { cwd } = parse(paramsOf['session/list'], params ?? {});
    const all = listConversations(stateFolder);
    return { result: { sessions: typeof cwd === 'string' ? all.filter((one) => one.cwd === cwd) : all } };
  };

  const setMode = (params: unknown): Answer => {
    const { sessionId, modeId } = parse(paramsOf['session/set_mode'], params);
    sessionOf(sessionId).mode = modeId;
    return { result: {} };
  };

  const prompt = async (params: unknown): Promise<Answer> => {
    const { sessionId, prompt: blocks } = parse(paramsOf['session/prompt'], params);
    const session = sessionOf(sessionId);
    if (session.turn !== undefined) throw new RequestError(internalError, 'a turn is under way in this session');
    const text = blocks.map(blockText).join('\n');
    const { name, rest } = scriptLineIn(text);
    const played = name === undefined ? script : isRehearsalScript(name) ? builtInScript(name) : undefined;
    const { conversation } = session;
    const at = now().toISOString();
    if (played === undefined) {
      conversation.remember({ kind: 'prompt', text, script: '', inOrder: false, at });
      const known = Object.keys(rehearsalScripts).join(', ');
      const answer = `There is no script called ${name}. There are: ${known}.`;
      const say: Step = { do: 'say', text: answer, chunkCharacters: 40, everyMs: 0 };
      return playTurn(session, wire, [say], rest);
    }
    const { turn, inOrder } = pickTurn(played, rest, conversation.playedInOrder(played.name));
    conversation.remember({ kind: 'prompt', text, script: played.name, inOrder, at });
    return playTurn(session, wire, turn.steps, rest);
  };

  const onRequest = async (method: string, params: unknown): Promise<Answer> => {
    if (method === 'initialize') return initialize();
    if (method === 'authenticate') return { result: {} };
    if (method === 'session/new') return startNew(params);
    if (method === 'session/load' && handshake.load) return load(params);
    if (method === 'session/resume' && handshake.resume) return { result: { modes: modeStateOf(open(params)) } };
    if (method === 'session/list' && handshake.list) return list(params);
    if (method === 'session/set_mode') return setMode(params);
    if (method === 'session/prompt') return prompt(params);
    if (method === 'session/close' && handshake.close) {
      leave(parse(paramsOf['session/close'], params).sessionId);
      return { result: {} };
    }
    throw new RequestError(methodNotFound, `no method ${method}`);
  };

  return Object.freeze({
    onRequest,
    onNotification: (method: string, params: unknown) => {
      if (method !== 'session/cancel') return;
      const parsed = paramsOf['session/cancel'].safeParse(params);
      if (parsed.success) sessionsById.get(parsed.data.sessionId)?.turn?.abort();
    },
    cancelAll: () => {
      for (const session of sessionsById.values()) session.turn?.abort();
    },
  });
};
