/**
 * What an agent has to know of a conversation that it cannot take up again: the task, what was said, done and decided,
 * and the last messages whole. A pure fold of the session's events, in the order of its history; it holds no more than
 * it will give, however long that history is.
 */
import type { Payload, RunFact } from '../../protocol/facts/events.ts';
import { storedText } from '../run/stored-text.ts';

export type Recap = {
  /** Takes in the next event of the session, of whatever run. */
  readonly add: (fact: RunFact) => void;
  /** The recap, at most `maxBytes` of UTF-8; null when nothing was said yet. */
  readonly text: () => string | null;
};

/** Fewer bytes than this hold no recap that helps anybody. */
export const minRecapBytes = 2_048;

const maxLinesKept = 60;
const maxFilesKept = 200;
const lineBytes = 300;

type Speaker = 'person' | 'agent';
type Spoken = { readonly by: Speaker; readonly id: string | undefined; text: string };

/** An empty one. `maxBytes` is at least `minRecapBytes`; `ofAnother`: what went before was said in another session. */
export const createRecap = (maxBytes: number, { ofAnother = false } = {}): Recap => {
  const bytes = Math.max(minRecapBytes, maxBytes);
  let task: string | null = null;
  let plan: readonly string[] = [];
  let ending: string | null = null;
  const prompts = lastOf(maxLinesKept);
  const done = lastOf(maxLinesKept);
  const decided = lastOf(maxLinesKept);
  const files = new Map<string, number>();
  const asked = new Map<string, string>();
  const titles = new Map<string, string>();
  const spoken = createLastSpoken(bytes);

  const addResult = ({ toolCallId, status, title, diffs = [], exit }: Payload<'tool_result'>): void => {
    const name = title ?? titles.get(toolCallId) ?? toolCallId;
    titles.delete(toolCallId);
    const failed = status === 'failed' || (exit !== undefined && exit.code !== 0);
    done.add(`${oneLine(name)}${failed ? ' (failed)' : ''}`);
    if (status === 'failed') return;
    for (const { path, oldText, newText } of diffs) {
      if (oldText?.text === newText.text || (!files.has(path) && files.size >= maxFilesKept)) continue;
      files.set(path, (files.get(path) ?? 0) + 1);
    }
  };

  const add = (fact: RunFact): void => {
    switch (fact.type) {
      case 'prompt':
        if (task === null) task = fact.payload.text;
        else prompts.add(oneLine(fact.payload.text));
        // What a run left open is over with the next one.
        titles.clear();
        asked.clear();
        ending = null;
        spoken.add('person', undefined, fact.payload.text);
        return;
      case 'message':
        spoken.add('agent', fact.payload.messageId, fact.payload.text);
        return;
      case 'tool_call': {
        const { toolCallId, title } = fact.payload;
        if (title !== undefined || !titles.has(toolCallId)) remember(titles, toolCallId, title ?? toolCallId);
        spoken.pause();
        return;
      }
      case 'tool_result':
        addResult(fact.payload);
        return;
      case 'plan':
        plan = fact.payload.entries.slice(0, maxLinesKept).map(({ content, status }) => {
          const mark = status === 'completed' ? 'x' : status === 'in_progress' ? '~' : ' ';
          return `[${mark}] ${oneLine(content)}`;
        });
        return;
      case 'approval_requested':
        remember(asked, fact.payload.approvalId, fact.payload.title);
        return;
      case 'approval_resolved': {
        const { approvalId, outcome, answers } = fact.payload;
        const what = asked.get(approvalId) ?? 'a request';
        asked.delete(approvalId);
        const said = answers === undefined ? '' : ` ${oneLine(JSON.stringify(answers) ?? '')}`;
        decided.add(`${outcome}: ${oneLine(what)}${said}`);
        return;
      }
      case 'status': {
        const { status, reason } = fact.payload;
        if (status === 'starting' || status === 'running') return;
        ending = `The last turn ended as ${status}${reason === undefined ? '' : `: ${oneLine(reason)}`}.`;
        return;
      }
      default:
        return;
    }
  };

  const text = (): string | null => {
    if (task === null) return null;
    const open = [...titles.values()].map((title) => `${oneLine(title)} (begun; how it ended is not known)`);
    const changed = [...files].map(([path, times]) => `${oneLine(path)}${times === 1 ? '' : ` (${times} times)`}`);
    const parts = [
      ofAnother ? introductionOfAnother : introduction,
      section('The task, as it was given', [cut(task, share(bytes, 4))]),
      section('Asked since', fit(prompts.all(), share(bytes, 8), prompts.dropped())),
      section('Files it changed', fit(changed, share(bytes, 16), 0)),
      section('Done', fit([...done.all(), ...open], share(bytes, 8), done.dropped())),
      section('Decided by the person or their rules', fit(decided.all(), share(bytes, 16), decided.dropped())),
      section('The plan', fit(plan, share(bytes, 16), 0)),
    ].filter((part) => part !== null);
    const end = ending ?? 'The last turn was cut off before it ended.';
    const before = parts.join('\n\n');
    const left = bytes - Buffer.byteLength(before) - Buffer.byteLength(end) - Buffer.byteLength(messagesHeading) - 8;
    return cut([before, `${messagesHeading}\n${spoken.last(left)}`, end].join('\n\n'), bytes);
  };

  return { add, text };
};

const introduction = `This continues an earlier conversation of yours that could not be taken up again. What follows is a
record of it, so that you know where the work stands; it is no new request. The files are as they were left: look at
them (and at \`git status\` and \`git diff\`) rather than trusting this record where they differ.`;

const introductionOfAnother = `This session goes on from another one, which stays as it is. What follows is a record of that
one up to the point where yours begins, so that you know where the work stands; it is no new request. The files are as
they were then: look at them (and at \`git status\` and \`git diff\`) rather than trusting this record where they differ.`;

const messagesHeading = '## The last messages';

const section = (heading: string, lines: readonly string[]): string | null =>
  lines.length === 0 ? null : `## ${heading}\n${lines.join('\n')}`;

const share = (bytes: number, part: number): number => Math.floor(bytes / part);

/** The last of these lines that fit, as a list, with a line that says how many came before them. */
const fit = (lines: readonly string[], bytes: number, dropped: number): readonly string[] => {
  const kept: string[] = [];
  let used = 0;
  for (const line of lines.toReversed()) {
    const item = `- ${line}`;
    used += Buffer.byteLength(item) + 1;
    // One line is always told.
    if (used > bytes && kept.length > 0) break;
    kept.unshift(item);
  }
  const missing = dropped + lines.length - kept.length;
  return missing === 0 ? kept : [`- … ${missing} before these`, ...kept];
};

/** The last messages, as many as fit whole; of one that does not fit by itself, its beginning and end. */
const createLastSpoken = (bytes: number) => {
  const messages: Spoken[] = [];
  let held = 0;
  let paused = false;

  const forget = (): void => {
    // One more than fits is kept: it is cut when it is told.
    while (messages.length > 1 && held - (messages[0]?.text.length ?? 0) > bytes) {
      held -= messages.shift()?.text.length ?? 0;
    }
  };

  return {
    add: (by: Speaker, id: string | undefined, text: string): void => {
      const last = messages.at(-1);
      held += text.length;
      // The log has a message in the pieces it came in.
      if (last !== undefined && last.by === by && by === 'agent' && !paused && last.id === id) {
        const whole = last.text + text;
        // What will be cut to its beginning and end in any case need not be held in between.
        last.text = whole.length > 4 * bytes ? `${whole.slice(0, 2 * bytes)}${whole.slice(-2 * bytes)}` : whole;
        held = messages.reduce((sum, message) => sum + message.text.length, 0);
      } else messages.push({ by, id, text });
      paused = false;
      forget();
    },
    /** The agent did something: what it says next is another message. */
    pause: (): void => {
      paused = true;
    },
    last: (left: number): string => {
      const told: string[] = [];
      let used = 0;
      for (const { by, text } of messages.toReversed()) {
        const said = `${by === 'person' ? 'The person' : 'You'}: ${text.trim()}`;
        const size = Buffer.byteLength(said) + 2;
        if (used + size > left) {
          if (told.length === 0) told.unshift(cut(said, Math.max(0, left)));
          break;
        }
        used += size;
        told.unshift(said);
      }
      return told.join('\n\n');
    },
  };
};

const lastOf = (most: number) => {
  const lines: string[] = [];
  let dropped = 0;
  return {
    add: (line: string): void => {
      lines.push(line);
      if (lines.length <= most) return;
      lines.shift();
      dropped += 1;
    },
    all: (): readonly string[] => lines,
    dropped: (): number => dropped,
  };
};

/** Remembers a name; of too many the oldest is forgotten. */
const remember = (names: Map<string, string>, key: string, name: string): void => {
  names.set(key, name);
  if (names.size <= maxLinesKept) return;
  for (const oldest of names.keys()) {
    names.delete(oldest);
    return;
  }
};

const oneLine = (text: string): string => cut(text.replace(/\s+/gu, ' ').trim(), lineBytes);

/** The line that says what was left out takes this much at most. */
const leftOutBytes = 64;

const cut = (text: string, bytes: number): string =>
  Buffer.byteLength(text) <= bytes ? text : storedText(text, Math.max(0, bytes - leftOutBytes)).text;
