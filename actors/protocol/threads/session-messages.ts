/** Between the runtime and a session actor: one port a session, and one a thread for what concerns them all. */
import type { MessagePort } from 'node:worker_threads';
import type { PlainError } from '../facts/error.ts';
import type { LedgerFact, OptionValue, Payload, RunFact, StoredText } from '../facts/events.ts';
import type { ApprovalId, Ordinal, RunId, RunKey, Seq, SessionId } from '../facts/ids.ts';
import type { KnownItems } from '../facts/known-item.ts';
import type { TerminalStatus } from '../facts/status.ts';
import type { SessionThreadSelfSample } from '../gateway/actor-system.ts';
import type { ApprovalPolicy } from '../gateway/api.ts';
import type { LiveMachineEvents } from '../gateway/live-machine.ts';

/** What a session actor has to know of its session when its task begins. */
export type SessionTask = {
  readonly sessionId: SessionId;
  /** The worktree, beyond which the agent's file requests are refused. */
  readonly folder: string;
  /** The folder in it that the agent works in. */
  readonly workingFolder: string;
  /** The agent's name: what a person gave for `--agent`. */
  readonly agent: string;
  /** How the agent is called in errors: its command with its arguments. */
  readonly agentCommand: string;
  /** The variables in its environment that a login may need; their names alone. */
  readonly loginVariables: readonly string[];
  /** The newest version of the protocol that is offered to it. */
  readonly protocol: 1 | 2;
  readonly approvalPolicy: ApprovalPolicy;
  /** The mode to set in the agent, whatever it starts in: what a person chose, or where the agent went itself. */
  readonly mode: string | null;
  /** What a person chose of its options, by their ids, the last at the end: it is set, or the run fails. */
  readonly choices: Readonly<Record<string, OptionValue>>;
  /** What is set of its options where nothing was chosen and it offers that. */
  readonly defaults: Readonly<Record<string, OptionValue>>;
  /** The agent's id of the conversation, if one was begun earlier. */
  readonly agentSessionId: string | null;
  /** It was begun elsewhere: where the agent does not take it up, the run fails, and none is begun in its place. */
  readonly takesUp: boolean;
  /** Set with it where that conversation is another session's: it is forked. */
  readonly forks: boolean;
  /** Its first conversation is told what was said in another session. */
  readonly retells?: boolean;
  /** Servers of the Model Context Protocol that its agent is to use. They hold secrets: never logged. */
  readonly mcpServers: readonly ReachedMcpServer[];
  /** Folders besides its own that its agent may work in. */
  readonly additionalDirectories: readonly string[];
  readonly limits: SessionLimits;
  /** The zone of times that its agent words without one; null: this process's. */
  readonly timeZone?: string | null;
  readonly port: MessagePort;
};

type NamedValue = { readonly name: string; readonly value: string };

/** A server of the Model Context Protocol as an agent reaches it. */
export type ReachedMcpServer =
  | {
      readonly type: 'stdio';
      readonly name: string;
      readonly command: string;
      readonly args: readonly string[];
      readonly env: readonly NamedValue[];
    }
  | {
      readonly type: 'http' | 'sse';
      readonly name: string;
      readonly url: string;
      readonly headers: readonly NamedValue[];
    };

export type SessionLimits = {
  readonly cancelRetryMs: number;
  readonly interruptDeadlineMs: number;
  /** How long an agent may be silent at a time while it is started and its conversation is opened. */
  readonly startDeadlineMs: number;
  /** How much of one text (a tool's output, a file's content in a diff) is stored, in bytes. */
  readonly maxStoredTextBytes: number;
  /** How long the recap of a lost conversation may be, in bytes; 0 gives none. */
  readonly maxRecapBytes: number;
  /** What is waited for and tried again; without it a turn that is refused fails its run. */
  readonly pauses?: PauseSettings;
};

export type PauseSettings = {
  /** Whether limits are waited for; else a limit fails the run. */
  readonly waitsForLimits: boolean;
  /** How often in a row a failed service or a lost connection is tried again. */
  readonly retries: number;
};

/** A run that the writer has begun; the actor takes it over after `facts`. */
export type RunToBegin = {
  readonly runId: RunId;
  readonly runKey: RunKey;
  readonly ordinal: Ordinal;
  readonly lastSeq: Seq;
  readonly facts: readonly RunFact[];
};

/** From the runtime to a session actor. */
export type ToSession =
  | { readonly kind: 'begin_run'; readonly run: RunToBegin }
  | { readonly kind: 'interrupt'; readonly requestId: number }
  /** A person holds the run, until then or (null) until a person says so. */
  | { readonly kind: 'pause'; readonly requestId: number; readonly until: number | null }
  | { readonly kind: 'continue'; readonly requestId: number; readonly by: Payload<'continued'>['by'] }
  | {
      readonly kind: 'decide';
      readonly requestId: number;
      readonly approvalId: ApprovalId;
      readonly decision: 'allow' | 'deny' | 'cancel';
      readonly optionId: string | null;
      /** What was filled into the form of a question; null for none. */
      readonly answers: Readonly<Record<string, unknown>> | null;
    }
  | {
      readonly kind: 'choose_option';
      readonly requestId: number;
      readonly optionId: string;
      readonly value: OptionValue;
    }
  /** Before the agent is ended between runs: answered by `commanded` when it has closed its conversation. */
  | { readonly kind: 'close_conversation'; readonly requestId: number }
  /** Its folder is still being made ready: the agent is not silent, it has not begun. */
  | { readonly kind: 'setting_up' }
  | { readonly kind: 'agent_started'; readonly pid: number; readonly startedAt: string }
  /** What the agent says on stderr, as far as its beginning. */
  | { readonly kind: 'agent_stderr'; readonly text: string }
  | { readonly kind: 'agent_output'; readonly bytes: Uint8Array }
  | { readonly kind: 'agent_ended'; readonly end: AgentEnd }
  | { readonly kind: 'reply'; readonly requestId: number; readonly reply: HostReply }
  /** What a command in a terminal has said since it was told last: its beginning, as much of it as the log keeps. */
  | { readonly kind: 'terminal_output'; readonly terminalId: string; readonly text: string }
  /** Its process has ended. `output` is all it said as the log keeps it; null when it said nothing. */
  | {
      readonly kind: 'terminal_ended';
      readonly terminalId: string;
      readonly exit: TerminalExit;
      readonly output: StoredText | null;
    }
  /** Somebody looks at its machine: answered by how that stands, and then by all it does, until nobody looks any more. */
  | { readonly kind: 'watch_machine' }
  | { readonly kind: 'unwatch_machine' }
  /** The last `machine_events` were taken in: more may be sent. */
  | { readonly kind: 'machine_events_taken' }
  /** Ends the actor, when what it has recorded is durable. A run under way keeps its status. */
  | { readonly kind: 'stop' };

/** How an agent's process ended; `stderr` is the tail of what it said there. */
export type AgentEnd =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null; readonly stderr: string }
  | { readonly kind: 'not_started'; readonly message: string }
  /** Its folder could not be made ready for it. */
  | { readonly kind: 'not_set_up'; readonly message: string };

/** From a session actor to the runtime. */
export type FromSession =
  | { readonly kind: 'start_agent' }
  | { readonly kind: 'agent_input'; readonly text: string }
  /** Output of the agent that was taken in: that much more may be sent. */
  | { readonly kind: 'agent_credit'; readonly bytes: number }
  /** The next that goes to the agent is the prompt of a turn. */
  | { readonly kind: 'turn_begins' }
  /** End the agent's process group: with a term first, or at once. */
  | { readonly kind: 'end_agent' }
  | { readonly kind: 'ledger'; readonly fact: LedgerFact }
  /** The run under way waits, and the log says for what. */
  | { readonly kind: 'paused'; readonly runId: RunId; readonly pause: Payload<'paused'> }
  | { readonly kind: 'run_ended'; readonly runId: RunId; readonly status: TerminalStatus }
  | { readonly kind: 'commanded'; readonly requestId: number; readonly error: PlainError | null }
  | { readonly kind: 'request'; readonly requestId: number; readonly request: HostRequest }
  /** One at a time: the next are sent when these were taken. */
  | { readonly kind: 'machine_events'; readonly machine: LiveMachineEvents }
  /**
   * Its last word when it cannot go on: the writer refused what it recorded, or it met a fault of its own. `stack` says
   * where that came from, for the runtime's log.
   */
  | { readonly kind: 'broken'; readonly error: PlainError; readonly stack: string | null };

/** What only the main thread can do for an actor: run terminals, and ask a reader. */
export type HostRequest =
  | { readonly kind: 'known_items' }
  /** What a new conversation has to know of the earlier ones; `exceptRun` is the run that will be told. */
  | { readonly kind: 'recap'; readonly maxBytes: number; readonly exceptRun: Ordinal }
  | {
      readonly kind: 'terminal_create';
      readonly command: string;
      readonly arguments: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      readonly folder: string;
      readonly outputByteLimit: number;
    }
  | {
      readonly kind: 'terminal_output' | 'terminal_wait' | 'terminal_kill' | 'terminal_release';
      readonly terminalId: string;
    };

export type TerminalExit = { readonly exitCode: number | null; readonly signal: string | null };

export type HostReply =
  | ({ readonly kind: 'known_items' } & KnownItems)
  | { readonly kind: 'recap'; readonly text: string | null }
  | { readonly kind: 'terminal_created'; readonly terminalId: string }
  | {
      readonly kind: 'terminal_output';
      readonly output: string;
      readonly truncated: boolean;
      readonly exit: TerminalExit | null;
    }
  | { readonly kind: 'terminal_exited'; readonly exit: TerminalExit }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: PlainError };

/** From a session thread to the runtime, once, when it has loaded: the port that connects it to the writer. */
export type ThreadHello = { readonly kind: 'session_thread'; readonly threadId: number; readonly port: MessagePort };

/** From the runtime to a session thread. */
export type ToSessionThread =
  /** Sent again with a new port when the writer was started again. */
  | { readonly kind: 'writer'; readonly port: MessagePort }
  /** Somebody looks: answered by `sampled`. */
  | { readonly kind: 'sample' };

/** From a session thread to the runtime, over the port that its hello brought. */
export type FromSessionThread = { readonly kind: 'sampled'; readonly sample: SessionThreadSelfSample };

/** How many bytes of an agent's output may be on their way to its session actor: what a command may have to wait for. */
export const agentOutputWindowBytes = 64 * 1024;
