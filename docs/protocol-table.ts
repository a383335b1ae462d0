/**
 * What we do with each thing that the Agent Client Protocol has, and the file that does it. The table in `AGENTS.md` is
 * drawn from it (`npm run protocol`), and a test holds it against the schemas of the protocol's own library.
 */
type Row = {
  readonly what: string;
  /** Null where nothing is done. */
  readonly file: string | null;
};

export type Section = { readonly title: string; readonly rows: Readonly<Record<string, Row>> };

const acp = 'actors/agents/acp';
const row = (what: string, file: string | null): Row => ({ what, file });

export const version1 = {
  toAgent: {
    title: 'What we ask of an agent, and tell it',
    rows: {
      initialize: row('asked first; an agent that speaks no version of ours is refused', `${acp}/initialize.ts`),
      authenticate: row(
        'by `throughline login`, and at an opening where it needs no person',
        `${acp}/authentication.ts`,
      ),
      logout: row('by `throughline login`, at the person’s word', 'runtime/cli/commands/login.ts'),
      'session/new': row('for a session’s first run, and where the earlier conversation is lost', `${acp}/opening.ts`),
      'session/load': row('where it cannot be resumed; what it tells again is no news', `${acp}/opening.ts`),
      'session/resume': row('whenever an agent is started again, if it offers that', `${acp}/opening.ts`),
      'session/list': row('by `throughline conversations`', `${acp}/kept-conversations.ts`),
      'session/delete': row('at a removal with `--conversation`', `${acp}/kept-conversations.ts`),
      'session/close': row('before an agent is parked or its session removed', `${acp}/agent-connection.ts`),
      'session/set_mode': row('for the chosen mode, where there is no option for it', `${acp}/config-options.ts`),
      'session/set_config_option': row('for what is chosen of its options', `${acp}/config-options.ts`),
      'session/prompt': row('a turn', `${acp}/agent-connection.ts`),
      'session/cancel': row('at an interrupt, and once more after 3 s', `${acp}/agent-connection.ts`),
    },
  },
  toClient: {
    title: 'What an agent asks of us, and tells us',
    rows: {
      'session/update': row('heard: see below', `${acp}/agent-connection.ts`),
      'session/request_permission': row('an approval', 'actors/session/approvals.ts'),
      'fs/read_text_file': row('confined to the worktree', `${acp}/client-requests.ts`),
      'fs/write_text_file': row('confined to the worktree, and told with its diff', `${acp}/client-requests.ts`),
      'terminal/create': row('at most 32, in the worktree', `${acp}/client-requests.ts`),
      'terminal/output': row('answered, and part of its tool call', `${acp}/client-requests.ts`),
      'terminal/wait_for_exit': row('answered, and may be taken back', `${acp}/client-requests.ts`),
      'terminal/kill': row('done', `${acp}/client-requests.ts`),
      'terminal/release': row('done', `${acp}/client-requests.ts`),
      'elicitation/create': row('a question to a person, answered by nobody else', 'actors/session/approvals.ts'),
      'elicitation/complete': row('the page that was asked for has done its work', 'actors/session/approvals.ts'),
    },
  },
  bothWays: {
    title: 'Both ways',
    rows: {
      '$/cancel_request': row(
        'the agent’s: waits and approvals end; ours: before an agent that is given up is ended',
        `${acp}/agent-connection.ts`,
      ),
    },
  },
  clientCapabilities: {
    title: 'What we announce',
    rows: {
      'fs.readTextFile': row('yes', `${acp}/file-requests.ts`),
      'fs.writeTextFile': row('yes', `${acp}/file-requests.ts`),
      terminal: row('yes', `${acp}/terminal-requests.ts`),
      'session.compaction': row('yes', `${acp}/compactions.ts`),
      'session.notices': row('yes', `${acp}/transcript.ts`),
      'session.configOptions.boolean': row('yes', `${acp}/config-options.ts`),
      'auth.terminal': row('yes', `${acp}/authentication.ts`),
      'elicitation.form': row('yes', `${acp}/elicitation.ts`),
      'elicitation.url': row('yes; the page is shown, never fetched', `${acp}/elicitation.ts`),
    },
  },
  agentCapabilities: {
    title: 'What an agent announces',
    rows: {
      loadSession: row('see `session/load`', `${acp}/opening.ts`),
      'promptCapabilities.image': row(
        'images are given with a prompt, and refused where it is missing',
        `${acp}/prompt-block.ts`,
      ),
      'promptCapabilities.audio': row('prompts have no sound', null),
      'promptCapabilities.embeddedContext': row(
        'files are embedded; without it they are linked',
        `${acp}/prompt-block.ts`,
      ),
      'mcpCapabilities.http': row(
        'such servers are told; without it left out, and that is said',
        `${acp}/mcp-servers.ts`,
      ),
      'mcpCapabilities.sse': row(
        'such servers are told; without it left out, and that is said',
        `${acp}/mcp-servers.ts`,
      ),
      'sessionCapabilities.list': row('see `session/list`', 'runtime/asking/agent-conversations.ts'),
      'sessionCapabilities.delete': row('see `session/delete`', 'runtime/asking/agent-conversations.ts'),
      'sessionCapabilities.resume': row('see `session/resume`', `${acp}/opening.ts`),
      'sessionCapabilities.close': row('see `session/close`', `${acp}/agent-connection.ts`),
      'sessionCapabilities.additionalDirectories': row(
        '`--add-dir`; without it left out, and that is said',
        `${acp}/opening.ts`,
      ),
      'auth.logout': row('see `logout`', 'runtime/cli/commands/login.ts'),
    },
  },
  updates: {
    title: 'Updates',
    rows: {
      user_message_chunk: row('only told again on load, and no news then', `${acp}/transcript.ts`),
      agent_message_chunk: row('a message, joined', `${acp}/transcript.ts`),
      agent_thought_chunk: row('thinking, joined', `${acp}/transcript.ts`),
      tool_call: row('a tool call', `${acp}/transcript.ts`),
      tool_call_update: row('what is new of it, and its result', `${acp}/transcript.ts`),
      plan: row('the plan, whole', `${acp}/plans.ts`),
      available_commands_update: row('completed where a prompt is written', `${acp}/transcript.ts`),
      current_mode_update: row('the mode that is taken up next time', `${acp}/hearing.ts`),
      config_option_update: row('the options, as they are now', `${acp}/hearing.ts`),
      session_info_update: row('the title', `${acp}/transcript.ts`),
      usage_update: row('tokens and cost', `${acp}/transcript.ts`),
      notice: row('a line of the history', `${acp}/transcript.ts`),
      compaction_update: row('a line of the history', `${acp}/compactions.ts`),
      compaction_summary_chunk: row('joined into the summary', `${acp}/compactions.ts`),
    },
  },
  contentBlocks: {
    title: 'Content blocks',
    rows: {
      text: row('text', `${acp}/part-of.ts`),
      image: row('shown in the window, named in the terminal', `${acp}/part-of.ts`),
      audio: row('named, with its size and hash', `${acp}/part-of.ts`),
      resource_link: row('a link that nobody follows', `${acp}/part-of.ts`),
      resource: row('its text, or its size and hash', `${acp}/part-of.ts`),
    },
  },
  toolContent: {
    title: 'Content of tool calls',
    rows: {
      content: row('a block, as above', `${acp}/tool-content.ts`),
      diff: row('a diff', `${acp}/tool-content.ts`),
      terminal: row('the output of the command in it', `${acp}/tool-content.ts`),
    },
  },
  stopReasons: {
    title: 'Stop reasons',
    rows: {
      end_turn: row('Completed, unless the agent has shown signs of a failure', 'actors/agents/signs/turn-failure.ts'),
      max_tokens: row('Completed, cut short', 'actors/protocol/facts/run-ending.ts'),
      max_turn_requests: row('Completed, cut short', 'actors/protocol/facts/run-ending.ts'),
      refusal: row('Failed, refused', 'actors/model/run/decide.ts'),
      cancelled: row(
        'Interrupted, where we asked for it; else Failed, or Completed after a denial',
        'actors/model/run/decide.ts',
      ),
    },
  },
  permissionKinds: {
    title: 'Kinds of answers to a request for permission',
    rows: {
      allow_once: row('what a yes takes', 'actors/protocol/asked/meant-option.ts'),
      allow_always: row('taken where nothing else allows, and said', 'actors/protocol/asked/meant-option.ts'),
      reject_once: row('what a no takes', 'actors/protocol/asked/meant-option.ts'),
      reject_always: row('taken where nothing else denies, and said', 'actors/protocol/asked/meant-option.ts'),
    },
  },
} as const satisfies Record<string, Section>;

const two = `${acp}/version-2`;

/** Only what version 2 says in another way than version 1, or besides. */
export const version2 = {
  methods: {
    title: 'Methods of version 2 only',
    rows: {
      'auth/login': row('as `authenticate`', `${two}/translator.ts`),
      'auth/logout': row('as `logout`', `${two}/translator.ts`),
      'tool_call/cancel': row('not asked: a turn is cancelled whole', null),
      'terminal/cancel': row('not asked: a turn is cancelled whole', null),
    },
  },
  updates: {
    title: 'Updates of version 2 only',
    rows: {
      user_message: row('the echo of a prompt is no news', `${two}/translator.ts`),
      agent_message: row('what of it was not told yet', `${two}/updates.ts`),
      agent_thought: row('what of it was not told yet', `${two}/updates.ts`),
      state_update: row('the end of a turn', `${two}/translator.ts`),
      tool_call_content_chunk: row('added to what the call shows', `${two}/updates.ts`),
      terminal_update: row('output of the call that shows the terminal', `${two}/updates.ts`),
      terminal_output_chunk: row('output of the call that shows the terminal', `${two}/updates.ts`),
      plan_update: row('all plans, whole', `${two}/updates.ts`),
    },
  },
} as const satisfies Record<string, Section>;

const drawSection = ({ title, rows }: Section): string =>
  [
    `| ${title} | what we do | where |`,
    '|---|---|---|',
    ...Object.entries(rows).map(
      ([name, { what, file }]) => `| \`${name}\` | ${what} | ${file === null ? '' : `\`${file}\``} |`,
    ),
  ].join('\n');

/** The tables as they stand in the document. */
export const drawProtocolTables = (): string =>
  [
    'Version 1, all that is stable in it:',
    ...Object.values(version1).map(drawSection),
    'Version 2 (a preview), where it differs:',
    ...Object.values(version2).map(drawSection),
  ].join('\n\n');

export const protocolDocument = 'docs/AGENTS.md';
export const drawnTables = /(?<=<!-- the protocol -->\n)[\s\S]*?(?=\n<!-- the end of the protocol -->)/;
