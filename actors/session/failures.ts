/**
 * What went wrong with an agent, worded for the person who reads it: what, of which command, in which folder. Such texts
 * are shown, copied and sent around, so what looks like a secret is taken out of them.
 */

import { AgentAnsweredError } from '../agents/acp/wire/json-rpc.ts';
import type { Failure } from '../model/run/decide.ts';
import { jsonOf, storedText } from '../model/run/stored-text.ts';
import { asThroughlineError } from '../protocol/facts/error.ts';
import { redactSecrets } from '../protocol/facts/redact.ts';
import type { AgentEnd, SessionTask } from '../protocol/threads/session-messages.ts';

type Named = Pick<SessionTask, 'agentCommand' | 'folder'>;

const maxDetailBytes = 16_384;

/** The agent could not be started, or did not get as far as opening a conversation. */
export const startFailure = (task: Named, why: string, stderr: string): Failure => {
  const said = lastLine(stderr);
  return {
    code: 'agent.start_failed',
    message: redactSecrets(
      `Could not start ${task.agentCommand} in ${task.folder}: ${why}${said === '' ? '' : `: ${said}`}`,
    ),
    hint: 'mend that and resume the session with a prompt',
    ...(stderr.trim() === '' ? {} : { detail: storedText(redactSecrets(stderr), maxDetailBytes) }),
  };
};

/** The agent's process ended without being asked to. */
export const agentEndFailure = (task: Named, end: AgentEnd, turnBegan: boolean): Failure => {
  if (end.kind === 'not_started') return startFailure(task, end.message, '');
  const how = end.signal === null ? `exited with code ${end.code ?? 'unknown'}` : `was ended by ${end.signal}`;
  if (!turnBegan) return startFailure(task, `it ${how}`, end.stderr);
  const said = lastLine(end.stderr);
  return {
    code: 'agent.exited',
    message: redactSecrets(`The agent ${how} in the middle of its work${said === '' ? '' : `: ${said}`}`),
    hint: 'resume the session to start it again',
    ...(end.stderr.trim() === '' ? {} : { detail: storedText(redactSecrets(end.stderr), maxDetailBytes) }),
  };
};

/** An error that the agent answered with, or one of ours while speaking with it. */
export const failureOf = (thrown: unknown, task: Named): Failure => {
  if (thrown instanceof AgentAnsweredError) {
    const { code, message, data } = thrown;
    const detail = jsonOf({ code, message, data }) ?? message;
    return {
      code: 'agent.answered_error',
      message: redactSecrets(`The agent refused ${thrown.message}`),
      hint: 'see the whole error in the history; an agent that is not logged in says so here',
      detail: storedText(redactSecrets(detail), maxDetailBytes),
    };
  }
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

const lastLine = (text: string): string =>
  // Redacted before it is cut: too little of a secret would not be recognised.
  firstCharacters(redactSecrets(text).trim().split('\n').at(-1)?.trim() ?? '', 300);

const firstCharacters = (text: string, count: number): string => [...text.slice(0, 2 * count)].slice(0, count).join('');
