import { randomUUID } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import { ThroughlineError } from '../../../protocol/facts/error.ts';

/** One line of a conversation's file. */
export type ConversationRecord =
  | { readonly kind: 'conversation'; readonly sessionId: string; readonly cwd: string; readonly at: string }
  | {
      readonly kind: 'prompt';
      readonly text: string;
      readonly script: string;
      /** False when `when` chose the turn: such a prompt does not move the script on. */
      readonly inOrder: boolean;
      readonly at: string;
    }
  | { readonly kind: 'update'; readonly update: SessionUpdate }
  | { readonly kind: 'turn_ended'; readonly stopReason: string };

export type ConversationSummary = {
  readonly sessionId: string;
  readonly cwd: string;
  readonly title: string | null;
  readonly updatedAt: string;
};

/** The memory of one session, in a file of its own. */
export type Conversation = {
  readonly sessionId: string;
  readonly cwd: string;
  readonly remember: (record: ConversationRecord) => void;
  /** How many prompts a script has played in order here. */
  readonly playedInOrder: (script: string) => number;
  readonly records: () => readonly ConversationRecord[];
  readonly close: () => void;
};

const extension = '.jsonl';
// Session ids come from the client and become file names.
const sessionIdPattern = /^[0-9a-f-]{36}$/;

const fileOf = (folder: string, sessionId: string): string => join(folder, `${sessionId}${extension}`);

/** Where conversations are kept when nobody says otherwise: a folder that only this user can read. */
export const privateStateFolder = (): string => {
  const path = join(tmpdir(), `throughline-rehearsal-${process.getuid?.() ?? userInfo().username}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const ours = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
  if (!found.isDirectory() || !ours) {
    throw new ThroughlineError('data.insecure', `${path} is not a folder that only you can use`, {
      hint: 'remove it, or name another folder with --state',
    });
  }
  return path;
};

const parseRecords = (content: string): ConversationRecord[] => {
  const records: ConversationRecord[] = [];
  for (const line of content.split('\n')) {
    if (line === '') continue;
    try {
      records.push(JSON.parse(line) as ConversationRecord);
    } catch {
      // A line that was cut when the process was killed: what it said is lost, as with any agent.
    }
  }
  return records;
};

const readRecords = (path: string): ConversationRecord[] | undefined => {
  try {
    return parseRecords(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

const connect = (folder: string, sessionId: string, cwd: string): Conversation => {
  const path = fileOf(folder, sessionId);
  const played = new Map<string, number>();
  // Written at once and record by record, so that a SIGKILL loses nothing that was said before it.
  const file = openSync(path, 'a', 0o600);
  let open = true;

  const count = (record: ConversationRecord): void => {
    if (record.kind === 'prompt' && record.inOrder) played.set(record.script, (played.get(record.script) ?? 0) + 1);
  };
  for (const record of readRecords(path) ?? []) count(record);

  return Object.freeze({
    sessionId,
    cwd,
    remember: (record: ConversationRecord) => {
      count(record);
      if (open) writeSync(file, `${JSON.stringify(record)}\n`);
    },
    playedInOrder: (script: string) => played.get(script) ?? 0,
    records: () => readRecords(path) ?? [],
    close: () => {
      if (open) closeSync(file);
      open = false;
    },
  });
};

export const createConversation = (folder: string, cwd: string, at: string): Conversation => {
  const conversation = connect(folder, randomUUID(), cwd);
  conversation.remember({ kind: 'conversation', sessionId: conversation.sessionId, cwd, at });
  return conversation;
};

/** The conversation as an earlier process left it, or undefined when there is none. */
export const openConversation = (folder: string, sessionId: string, cwd: string): Conversation | undefined => {
  if (!sessionIdPattern.test(sessionId)) return undefined;
  const path = fileOf(folder, sessionId);
  const records = readRecords(path);
  if (records?.[0]?.kind !== 'conversation') return undefined;
  const content = readFileSync(path, 'utf8');
  if (!content.endsWith('\n')) {
    const file = openSync(path, 'a');
    writeSync(file, '\n');
    closeSync(file);
  }
  return connect(folder, sessionId, cwd);
};

export const listConversations = (folder: string): ConversationSummary[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .flatMap((name) => {
      const records = readRecords(join(folder, name)) ?? [];
      const first = records[0];
      if (first?.kind !== 'conversation') return [];
      const prompts = records.filter((record) => record.kind === 'prompt');
      return {
        sessionId: first.sessionId,
        cwd: first.cwd,
        title: prompts[0]?.text.split('\n')[0]?.slice(0, 80) ?? null,
        updatedAt: prompts.at(-1)?.at ?? first.at,
      };
    })
    .sort((left, right) => right.updatedAt.localeCompare(left.updatedAt));
