/**
 * An agent that keeps its conversations in a folder, and lists, loads, closes and deletes them. What it is asked stands
 * in `heard` there, a line each: the method and the conversation. Arguments: the folder, then any of
 * `no-close`, `no-list`, `no-delete` (it does not offer that), `never-closes` (it does not answer), `last-word` (it tells
 * something before it answers to the closing), `own-folder` (it loads a conversation in its own folder only),
 * `endless` (there is always one more page), `forks` (it forks a conversation).
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [, , folder = '.', ...ways] = process.argv;
mkdirSync(join(folder, 'conversations'), { recursive: true });
/** @param {string} way */
const is = (way) => ways.includes(way);
/** @param {object} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
/** @param {string} id */
const fileOf = (id) => join(folder, 'conversations', `${id}.json`);
/** @param {string} id @returns {{ cwd: string, title?: string, updatedAt?: string, updates: object[] }} */
const read = (id) => JSON.parse(readFileSync(fileOf(id), 'utf8'));
/** @param {string} id @param {object} kept */
const keep = (id, kept) => writeFileSync(fileOf(id), JSON.stringify(kept));
/** @param {string} id @param {string} kind @param {string} text */
const tell = (id, kind, text) => {
  const update = { sessionUpdate: kind, content: { type: 'text', text } };
  send({ method: 'session/update', params: { sessionId: id, update } });
  return update;
};

/** @type {Record<string, (params: any) => object | undefined>} */
const methods = {
  initialize: () => ({
    protocolVersion: 1,
    agentInfo: { name: 'keeping-agent', version: '1' },
    agentCapabilities: {
      loadSession: true,
      sessionCapabilities: {
        ...(is('no-list') ? {} : { list: {} }),
        ...(is('no-close') ? {} : { close: {} }),
        ...(is('no-delete') ? {} : { delete: {} }),
        ...(is('forks') ? { fork: {} } : {}),
      },
    },
  }),
  'session/new': ({ cwd }) => {
    const sessionId = `kept-${readdirSync(join(folder, 'conversations')).length + 1}`;
    keep(sessionId, { cwd, title: `Talk ${sessionId}`, updatedAt: '2026-01-02T03:04:05Z', updates: [] });
    return { sessionId };
  },
  'session/load': ({ sessionId, cwd }) => {
    if (!existsSync(fileOf(sessionId))) throw new Error(`there is no conversation ${sessionId}`);
    const kept = read(sessionId);
    if (is('own-folder') && kept.cwd !== cwd) throw new Error(`${sessionId} belongs to ${kept.cwd}`);
    for (const update of kept.updates) send({ method: 'session/update', params: { sessionId, update } });
    return {};
  },
  'session/prompt': ({ sessionId, prompt }) => {
    const text = prompt.map((/** @type {{ text?: string }} */ block) => block.text ?? '').join('');
    const kept = read(sessionId);
    const asked = { sessionUpdate: 'user_message_chunk', content: { type: 'text', text } };
    keep(sessionId, {
      ...kept,
      updates: [...kept.updates, asked, tell(sessionId, 'agent_message_chunk', `Heard: ${text}`)],
    });
    return { stopReason: 'end_turn' };
  },
  'session/fork': ({ sessionId, cwd }) => {
    const forked = `fork-of-${sessionId}`;
    keep(forked, { ...read(sessionId), cwd });
    return { sessionId: forked };
  },
  'session/list': ({ cursor }) => {
    const ids = readdirSync(join(folder, 'conversations')).map((name) => name.replace(/\.json$/, ''));
    const from = cursor ? Number(cursor.slice(2)) : 0;
    const all = ids.map((sessionId) => {
      const { cwd, title, updatedAt } = read(sessionId);
      return { sessionId, cwd, title, updatedAt };
    });
    const page = is('endless') ? all : all.slice(from, from + 2);
    return {
      sessions: [...page, { title: 'no id' }],
      ...(is('endless') || from + 2 < all.length ? { nextCursor: `at${from + 2}` } : {}),
    };
  },
  'session/close': ({ sessionId }) => {
    if (is('last-word')) tell(sessionId, 'agent_message_chunk', 'One last word.');
    return is('never-closes') ? undefined : {};
  },
  'session/delete': ({ sessionId }) => {
    rmSync(fileOf(sessionId), { force: true });
    return {};
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  appendFileSync(join(folder, 'heard'), `${method}${params?.sessionId ? ` ${params.sessionId}` : ''}\n`);
  if (id === undefined) return;
  try {
    const perform = methods[method];
    if (perform === undefined) send({ id, error: { code: -32601, message: `no method ${method}` } });
    else {
      const result = perform(params);
      if (result !== undefined) send({ id, result });
    }
  } catch (thrown) {
    send({ id, error: { code: -32602, message: thrown instanceof Error ? thrown.message : 'no' } });
  }
});
process.stdin.on('end', () => process.exit(0));
