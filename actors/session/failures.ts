/**
 * What went wrong with an agent, worded for the person who reads it: what, of which command, in which folder. Such texts
 * are shown, copied and sent around, so what looks like a secret is taken out of them.
 */

import { AgentAnsweredError } from '../agents/acp/wire/json-rpc.ts';
import { causeOf } from '../agents/signs/error-cause.ts';
import { kindOfError } from '../agents/signs/failure-kind.ts';
import type { EndOfTurn, TurnFailure } from '../agents/signs/turn-evidence.ts';
import type { Failure } from '../model/run/decide.ts';
import { jsonOf, storedText } from '../model/run/stored-text.ts';
import { asThroughlineError } from '../protocol/facts/error.ts';
import type { FailureKind } from '../protocol/facts/events.ts';
import { redactSecrets } from '../protocol/facts/redact.ts';
import type { AgentEnd, SessionTask } from '../protocol/threads/session-messages.ts';

type Named = Pick<SessionTask, 'agent' | 'agentCommand' | 'folder'>;

const maxDetailBytes = 16_384;

/** The agent could not be started, or did not get as far as opening a conversation. */
export const startFailure = (task: Named, why: string, stderr: string): Failure => {
  const said = lastLine(stderr);
  return {
    code: 'agent.start_failed',
    message: redactSecrets(
      // The folder last: a dashboard's one line is cut at its end, and why comes before where.
      `Could not start ${task.agentCommand}: ${why}${said === '' ? '' : `: ${said}`} (in ${task.folder})`,
    ),
    hint: 'mend that and resume the session with a prompt',
    ...(stderr.trim() === '' ? {} : { detail: storedText(redactSecrets(stderr), maxDetailBytes) }),
  };
};

/** What was waited for in vain, and what the agent said in its place. */
export const silenceText = (silenceMs: number, method: string | null, unread: readonly string[]): string => {
  const seconds = Math.round(silenceMs / 1_000);
  const waited = method === null ? 'it did not begin' : `it did not answer ${method}`;
  const said = unread.length === 0 ? '' : `; what it said could not be read: ${unread.join(' ⏎ ')}`;
  return `${waited} within ${seconds} s${said}`;
};

/**
 * The agent's process ended without being asked to, or, where it is `overdue`, because it did not do that in time.
 */
export const agentEndFailure = (
  task: Named,
  end: AgentEnd,
  turnBegan: boolean,
  overdue: string | null = null,
): Failure => {
  if (end.kind === 'not_started') return startFailure(task, end.message, '');
  if (end.kind === 'not_set_up') {
    const message = redactSecrets(`The worktree is not ready: ${end.message}`);
    return { code: 'check.failed', message, hint: 'mend that and resume the session with a prompt: it is tried again' };
  }
  if (overdue !== null) return startFailure(task, overdue, end.stderr);
  const how = end.signal === null ? `exited with code ${end.code ?? 'unknown'}` : `was ended by ${end.signal}`;
  if (!turnBegan) return startFailure(task, `it ${how}`, end.stderr);
  const said = lastLine(end.stderr);
  return {
    code: 'agent.exited',
    message: redactSecrets(`The agent ${how} in the middle of its work${said === '' ? '' : `: ${said}`}`),
    hint: 'give it a prompt to start it again',
    ...(end.stderr.trim() === '' ? {} : { detail: storedText(redactSecrets(end.stderr), maxDetailBytes) }),
  };
};

/** An error that the agent answered with, or one of ours while speaking with it. */
export const failureOf = (thrown: unknown, task: Named): Failure => {
  if (thrown instanceof AgentAnsweredError) return answeredError(thrown, task);
  const error = asThroughlineError(thrown);
  return {
    code: error.code,
    // What the agent does not offer is worded as a whole sentence of its own.
    message: redactSecrets(
      error.code === 'agent.option_unknown' ? error.message : `${task.agentCommand}: ${error.message}`,
    ),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
};

const answeredError = (error: AgentAnsweredError, task: Named): Failure => {
  const { code, message, data, method } = error;
  const cause = causeOf(error);
  const kind = kindOfError(error);
  // Of a turn there is nothing to say but its cause; of what comes before a turn, also what was refused.
  const what = method === 'session/prompt' ? '' : `The agent refused ${method}: `;
  return {
    code: 'agent.answered_error',
    message: redactSecrets(code === notLoggedIn ? `The agent is not logged in: ${cause}` : `${what}${cause}`),
    hint: code === notLoggedIn ? loginHint(task) : hintOf(kind),
    ...(kind === null ? {} : { kind }),
    detail: storedText(redactSecrets(jsonOf({ code, message, data }) ?? message), maxDetailBytes),
  };
};

/** The agent ended its turn as if it had done what was asked, and it had failed. */
export const turnFailed = ({ message, kind }: TurnFailure, answer: EndOfTurn): Failure => ({
  code: 'agent.turn_failed',
  message: redactSecrets(firstCharacters(message, maxMessageCharacters)),
  hint: hintOf(kind),
  ...(kind === null ? {} : { kind }),
  detail: storedText(redactSecrets(jsonOf(answer) ?? ''), maxDetailBytes),
});

/** The protocol's code for an agent that wants a login first. */
const notLoggedIn = -32_000;
const maxMessageCharacters = 2_000;

/** The agent's name as a shell takes it: one that is a command line has spaces. */
const loginHint = ({ agent }: Named): string => `log in with: throughline login ${shellWord(agent)}`;

export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const hintOf = (kind: FailureKind | null): string => {
  switch (kind) {
    case 'limit':
      return 'wait until the limit allows it again, then resume the session with a prompt';
    case 'context':
      return 'go on in a new session: the conversation no longer fits into the model';
    case 'authentication':
      return 'look at the key or the login that the agent uses';
    case 'service':
    case 'connection':
      return 'resume the session with a prompt to try again';
    case 'request':
    case null:
      return 'see the whole error in the history';
  }
};

const lastLine = (text: string): string =>
  // Redacted before it is cut: too little of a secret would not be recognised.
  firstCharacters(redactSecrets(text).trim().split('\n').at(-1)?.trim() ?? '', 300);

const firstCharacters = (text: string, count: number): string => [...text.slice(0, 2 * count)].slice(0, count).join('');
