import type { LedgerEventType, Payload } from '../../../actors/protocol/facts/events.ts';
import type { WorkEventType } from '../../../actors/protocol/facts/work-line.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { dayTime } from './clock-time.ts';

/** What became of its work is said by `work-line.ts`. */
type OwnType = Exclude<LedgerEventType, WorkEventType>;

type Sentences = { readonly [Type in OwnType]: (payload: Payload<Type>) => string };

const sentences: Sentences = {
  session_created: ({ name, agent, repository }) => `created "${name}" for ${agent} on ${repository}`,
  session_renamed: ({ name }) => `renamed to "${name}"`,
  session_archived: ({ archived }) => (archived ? 'archived' : 'taken out of the archive'),
  worktree_created: ({ path, branch, base }) =>
    `worktree ${path}${branch === null ? '' : `, branch ${branch}`}${base === null ? '' : ` from ${base}`}`,
  worktree_removed: ({ path, parkedRef }) =>
    `worktree ${path} removed${parkedRef === null ? '' : `; uncommitted work is kept under ${parkedRef}`}`,
  agent_session_learnt: ({ agentSessionId }) => `the agent calls this conversation ${agentSessionId}`,
  agent_mode_learnt: ({ mode }) => `the agent's mode is ${mode}`,
  option_chosen: ({ optionId, value }) =>
    value === '' ? `no longer chosen: ${optionId}` : `chosen: ${optionId} is ${value}`,
  left_running: ({ processes }) =>
    `the interrupted turn left running: ${processes.map(({ pid, command }) => `${command} (${pid})`).join(', ')}`,
  left_running_ended: ({ processes }) =>
    `what was left running was ended (${processes === 1 ? 'one process' : `${processes} processes`})`,
  prompt_queued: ({ text, at }) =>
    at === undefined ? `waits for the run to complete: ${text}` : `waits until ${dayTime(at)}: ${text}`,
  queued_prompt_changed: ({ text }) => `what waits was changed to: ${text}`,
  queued_prompt_moved: ({ place }) => `what waits was moved to place ${place}`,
  queued_prompt_withdrawn: () => 'what waited was withdrawn',
  pause_moved: ({ until }) =>
    until === null ? 'it goes on when a person says so' : `it goes on at ${new Date(until).toISOString()}`,
  agent_parked: () => 'the idle agent was stopped to free its memory',
  orphan_stopped: ({ pid, processes }) =>
    `an agent left behind was stopped (process ${pid}, ${processes === 1 ? 'alone' : `${processes} processes`})`,
  removal_begun: ({ force }) => `its removal begins${force ? ', forced' : ''}`,
  removal_abandoned: ({ reason }) => `it was not removed: ${reason}`,
  events_removed: ({ events }) => `it is being removed, ${events} events until now`,
  session_removed: ({ events, parkedRef }) =>
    `removed with ${events} events${parkedRef ? `; uncommitted work is kept under ${parkedRef}` : ''}`,
};

export const isLedgerType = (type: string): type is OwnType => Object.hasOwn(sentences, type);

/** An entry of the session's ledger as a sentence. */
export const ledgerLine = <Type extends OwnType>(type: Type, payload: Payload<Type>): string =>
  sanitiseLine(sentences[type](payload));
