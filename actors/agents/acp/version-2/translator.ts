/**
 * Version 2 of the protocol (a preview) for a program that speaks version 1: stands between the lines and everything
 * else, and says in the words of version 1 what an agent of version 2 tells and asks. With an agent that answers in
 * version 1 it says nothing.
 */
import * as z from 'zod';
import type { Incoming, JsonRpc } from '../wire/json-rpc.ts';
import { initializeAsked, initializedAsVersion1, isVersion2, optionsAsVersion1 } from './handshake.ts';
import { permissionAsVersion1 } from './requests.ts';
import { createTurns } from './turn.ts';
import { createUpdates } from './updates.ts';

const sessionUpdate = z.looseObject({ update: z.looseObject({ sessionUpdate: z.string() }) });
const inSession = z.looseObject({ sessionId: z.string() });
const opened = z.looseObject({
  sessionId: z.string().optional(),
  configOptions: z.unknown().optional(),
  availableCommands: z.unknown().optional(),
});
const setting = z.looseObject({ value: z.union([z.string(), z.boolean()]) });
const withServers = z.looseObject({ mcpServers: z.array(z.looseObject({ type: z.string().optional() })) });
const taken = z.looseObject({ messageId: z.string() });

export type Translator = {
  readonly rpc: Pick<JsonRpc, 'request' | 'notify'>;
  /** What one line says in version 1; nothing when it is only of interest to the turn. */
  readonly incoming: (incoming: Incoming) => readonly Incoming[];
  readonly close: (error: Error) => void;
};

/** `tell` is called with what an agent says in an answer and version 1 says in an update. */
export const createTranslator = (
  wire: Pick<JsonRpc, 'request' | 'notify'>,
  tell: (update: { readonly sessionUpdate: string }, sessionId: string) => void,
): Translator => {
  const turns = createTurns();
  const updates = createUpdates();
  let speaks2 = false;
  let requests = 0;
  /** The ids of the messages that are our own prompts: what the agent tells of them is no news. */
  const prompts = new Set<string>();
  let isPrompting = false;

  const request: JsonRpc['request'] = async (method, params) => {
    if (method === 'initialize') {
      const answer = await wire.request(method, initializeAsked(params as Readonly<Record<string, unknown>>));
      speaks2 = isVersion2(answer);
      return initializedAsVersion1(answer);
    }
    if (!speaks2) return wire.request(method, params);
    switch (method) {
      case 'session/new':
      case 'session/resume':
        return openedAs1(await wire.request(method, serversAsVersion2(params)), params);
      case 'session/set_config_option': {
        const parsed = setting.safeParse(params);
        const type = typeof parsed.data?.value === 'boolean' ? 'boolean' : 'id';
        return openedAs1(await wire.request(method, { ...(params as object), type }), params);
      }
      case 'session/prompt': {
        isPrompting = true;
        const inserted = wire.request(method, params).then((answer) => {
          const parsed = taken.safeParse(answer);
          if (parsed.success) prompts.add(parsed.data.messageId);
        });
        return turns.begin(inserted).finally(() => {
          isPrompting = false;
          prompts.clear();
        });
      }
      case 'authenticate':
        return wire.request('auth/login', params);
      case 'logout':
        return wire.request('auth/logout', params);
      default:
        return wire.request(method, params);
    }
  };

  const openedAs1 = (answer: unknown, params: unknown): unknown => {
    const parsed = opened.safeParse(answer);
    if (!parsed.success) return answer;
    const { availableCommands, configOptions } = parsed.data;
    if (Array.isArray(availableCommands)) {
      const update = { sessionUpdate: 'available_commands_update', availableCommands };
      tell(update, parsed.data.sessionId ?? inSession.safeParse(params).data?.sessionId ?? '');
    }
    return { ...parsed.data, configOptions: optionsAsVersion1(configOptions) };
  };

  /** What the agent tells of the prompt that it was just given. */
  const isEcho = (update: { readonly sessionUpdate: string } & Readonly<Record<string, unknown>>): boolean =>
    (update.sessionUpdate === 'user_message' || update.sessionUpdate === 'user_message_chunk') &&
    (isPrompting || (typeof update.messageId === 'string' && prompts.has(update.messageId)));

  const incoming = (line: Incoming): readonly Incoming[] => {
    if (!speaks2) return [line];
    if (line.kind === 'request' && line.method === 'session/request_permission') {
      requests += 1;
      return [{ ...line, params: permissionAsVersion1(line.params, requests) }];
    }
    if (line.kind !== 'notification' || line.method !== 'session/update') return [line];
    const parsed = sessionUpdate.safeParse(line.params);
    if (!parsed.success) return [line];
    const { update } = parsed.data;
    if (update.sessionUpdate === 'state_update') {
      turns.update(update);
      return [];
    }
    if (isEcho(update)) return [];
    const translated = update.sessionUpdate === 'config_option_update' ? [optionUpdate(update)] : updates(update);
    return translated.map((each) => ({ ...line, params: { ...parsed.data, update: each } }));
  };

  return { rpc: { request, notify: wire.notify }, incoming, close: turns.close };
};

const optionUpdate = (update: { readonly sessionUpdate: string } & Readonly<Record<string, unknown>>) => ({
  ...update,
  configOptions: optionsAsVersion1(update.configOptions),
});

/** Version 2 names every kind of server. */
const serversAsVersion2 = (params: unknown): unknown => {
  const parsed = withServers.safeParse(params);
  if (!parsed.success) return params;
  return { ...parsed.data, mcpServers: parsed.data.mcpServers.map((server) => ({ type: 'stdio', ...server })) };
};
