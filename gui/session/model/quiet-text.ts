/** What the log keeps about itself, as sentences: the session's ledger and the notes. */
import { type Fields, fieldsOf, listIn, numberIn, textIn } from './payload.ts';

const maxCharacters = 300;

type Sentence = (fields: Fields) => string;

const ledger: Readonly<Record<string, Sentence>> = {
  session_created: (fields) =>
    `Created “${word(fields, 'name')}” for ${word(fields, 'agent')} on ${word(fields, 'repository')}`,
  session_renamed: (fields) => `Renamed to “${word(fields, 'name')}”`,
  session_archived: ({ archived }) => (archived === true ? 'Archived' : 'Taken out of the archive'),
  worktree_created: (fields) => {
    const [branch, base] = [textIn(fields, 'branch'), textIn(fields, 'base')];
    const from = base === null ? '' : ` from ${base}`;
    return `Worktree ${word(fields, 'path')}${branch === null ? '' : ` on branch ${branch}`}${from}`;
  },
  worktree_removed: (fields) => {
    const parked = textIn(fields, 'parkedRef');
    return `Worktree ${word(fields, 'path')} removed${parked === null ? '' : `; uncommitted work is kept under ${parked}`}`;
  },
  agent_session_learnt: (fields) => `The agent calls this conversation ${word(fields, 'agentSessionId')}`,
  agent_mode_learnt: (fields) => `The agent’s mode is ${word(fields, 'mode')}`,
  option_chosen: (fields) => `Chosen: ${word(fields, 'optionId')} is ${word(fields, 'value')}`,
  left_running: (fields) =>
    `The interrupted turn left running: ${listIn(fields, 'processes')
      .map((each) => word(fieldsOf(each), 'command'))
      .join(', ')}`,
  left_running_ended: () => 'What was left running was ended',
  prompt_queued: (fields) => `Queued: “${line(fields, 'text')}”`,
  queued_prompt_changed: (fields) => `A queued prompt was changed to “${line(fields, 'text')}”`,
  queued_prompt_moved: (fields) => `A queued prompt was moved to place ${word(fields, 'place')}`,
  queued_prompt_withdrawn: () => 'A queued prompt was withdrawn',
  agent_parked: () => 'The idle agent was stopped to free its memory',
  orphan_stopped: (fields) => `An agent left behind was stopped (process ${word(fields, 'pid')})`,
  removal_begun: () => 'Its removal begins',
  removal_abandoned: (fields) => `It was not removed: ${word(fields, 'reason')}`,
  events_removed: (fields) => `It is being removed, ${word(fields, 'events')} events until now`,
  session_removed: (fields) => `Removed with ${word(fields, 'events')} events`,
};

export const isLedgerType = (type: string): boolean => Object.hasOwn(ledger, type);

/** An entry of the session's ledger as a sentence. */
export const ledgerText = (type: string, payload: unknown): string => short(ledger[type]?.(fieldsOf(payload)) ?? type);

/** A note as a line. */
export const noteText = (payload: unknown): string => {
  const { note, ...facts } = fieldsOf(payload);
  const name = typeof note === 'string' ? note : 'note';
  const about = name.replace(/_/gu, ' ');
  return short(Object.keys(facts).length === 0 ? about : `${about} ${jsonText(facts)}`);
};

/** Tokens and cost, as far as they are told. */
export const usageText = (payload: unknown): string => {
  const fields = fieldsOf(payload);
  const [used, size] = [numberIn(fields, 'used'), numberIn(fields, 'size')];
  const cost = fieldsOf(fields.cost);
  const amount = numberIn(cost, 'amount');
  const parts = [
    used === null
      ? null
      : `${used.toLocaleString('en')}${size === null ? '' : ` of ${size.toLocaleString('en')}`} tokens`,
    amount === null ? null : `${amount.toFixed(4)} ${word(cost, 'currency')}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'usage' : parts.join(', ');
};

/** A value as JSON; whatever cannot be written so, in words. */
export const jsonText = (value: unknown, indent?: number): string => {
  try {
    return JSON.stringify(value, null, indent) ?? '';
  } catch {
    return String(value);
  }
};

const word = (fields: Fields, name: string): string => String(fields[name] ?? '?');

/** The beginning of what a person wrote: a prompt can have a million characters. */
const line = (fields: Fields, name: string): string =>
  short(word(fields, name).slice(0, maxCharacters).replace(/\s+/gu, ' ').trim());

const short = (text: string): string => (text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1)}…`);
