/**
 * The house: every room of the program, from the ground up, with what it holds and the rooms it takes from. A room takes
 * only from rooms that stand before it here, so there is no circle; `npm run check` holds the code against this list,
 * and `ARCHITECTURE.md` draws it.
 */
export type Room = {
  /** A folder without the folders below it, or one file that stands for itself. */
  readonly path: string;
  readonly holds: string;
  /** Rooms, or folders of rooms, that its files may import from. */
  readonly from: readonly string[];
};

export const house: readonly Room[] = [
  {
    path: 'actors/protocol/facts',
    holds:
      'what the log holds: events and their schemas, ids and their brands, statuses, errors, what is never written',
    from: [],
  },
  {
    path: 'actors/protocol/asked',
    holds: 'what a person is asked, pure: what was told of it, what answers mean, forms, pages, patches',
    from: ['actors/protocol/facts'],
  },
  {
    path: 'actors/protocol/gateway',
    holds: 'what crosses the network: routes, rows, pages, samples, each with its schema',
    from: ['actors/protocol/facts'],
  },
  {
    path: 'actors/protocol/threads',
    holds: 'what crosses between threads, one file for each pair that talks',
    from: ['actors/protocol'],
  },
  {
    path: 'actors/model/run',
    holds: 'a run, pure: its machine, the fold of its facts, the decisions, the bounds of what is stored',
    from: ['actors/protocol/asked', 'actors/protocol/facts'],
  },
  {
    path: 'actors/model/recap',
    holds: 'what a new conversation is told of the one that was lost, pure',
    from: ['actors/protocol/facts', 'actors/model/run'],
  },
  {
    path: 'actors/model/work',
    holds: 'what becomes of a session’s work, pure: snapshots, review, commands, landings',
    from: ['actors/protocol/facts', 'actors/protocol/gateway'],
  },
  {
    path: 'actors/model/dashboard',
    holds: 'the dashboard, pure: projections, recovery hint, order, patches, words for times',
    from: ['actors/protocol', 'actors/model/work'],
  },
  {
    path: 'actors/model/inspection/statechart',
    holds: 'the machine as a picture: described, laid out, drawn',
    from: [],
  },
  {
    path: 'actors/model/inspection',
    holds: 'why a run is in its state, pure: replay, changes of a context, the file of an inspection',
    from: ['actors/protocol', 'actors/model'],
  },
  {
    path: 'actors/store/file',
    holds: 'the SQLite file itself: which SQLite, its copies, its errors, who may read it',
    from: ['actors/protocol/facts'],
  },
  {
    path: 'actors/store/chain',
    holds: 'that loss is seen: hashes, the head mark, the end of the log, its gaps',
    from: ['actors/protocol/facts', 'actors/store/file'],
  },
  {
    path: 'actors/store',
    holds: 'the store as every thread opens it: open, migrate, rows',
    from: ['actors/protocol/facts', 'actors/model', 'actors/store'],
  },
  {
    path: 'actors/store/verify',
    holds: 'that what is stored is what was written: verify, and what can be saved when it is not',
    from: ['actors/protocol', 'actors/model', 'actors/store'],
  },
  {
    path: 'actors/agents/acp/wire',
    holds: 'lines and JSON-RPC, whatever is said in them',
    from: ['actors/protocol/facts', 'actors/model/run'],
  },
  {
    path: 'actors/agents/acp/version-2',
    holds: 'version 2 of the protocol, said in the words of version 1',
    from: ['actors/protocol/facts', 'actors/agents/acp/wire'],
  },
  {
    path: 'actors/agents/acp',
    holds: 'the Agent Client Protocol: one file for each idea of it',
    from: ['actors/protocol', 'actors/model/run', 'actors/agents/acp'],
  },
  {
    path: 'actors/agents/signs',
    holds: 'what of a turn shows that it failed or is tried again, pure: evidence, kinds, causes, text told twice',
    from: ['actors/protocol/facts', 'actors/model/run'],
  },
  {
    path: 'actors/agents/known',
    holds: 'the ways of the agents that were tried, one file for each',
    from: ['actors/protocol/facts', 'actors/agents/signs'],
  },
  {
    path: 'actors/agents/rehearsal/stage',
    holds: 'what a step of a script has around it: the script, the conversation, the wire',
    from: ['actors/protocol/facts'],
  },
  {
    path: 'actors/agents/rehearsal/scripts',
    holds: 'the scripts that come with the program',
    from: ['actors/agents/rehearsal/stage'],
  },
  {
    path: 'actors/agents/rehearsal/steps',
    holds: 'what a script can say, one file for each kind of step',
    from: ['actors/protocol/facts', 'actors/agents/rehearsal/stage'],
  },
  {
    path: 'actors/agents/rehearsal',
    holds: 'the rehearsal agent, a program of its own',
    from: ['actors/protocol/facts', 'actors/agents/rehearsal'],
  },
  {
    path: 'actors/session',
    holds: 'the session threads: many actors in each, their turns, their agents’ words, what is not yet durable',
    from: ['actors/protocol', 'actors/model', 'actors/agents/acp', 'actors/agents/signs', 'actors/agents/known'],
  },
  {
    path: 'actors/writer',
    holds: 'the writer thread: one mailbox, one order, group commit, acknowledgement',
    from: ['actors/protocol', 'actors/model', 'actors/store'],
  },
  {
    path: 'actors/reader',
    holds: 'the reader threads: what can be asked of the log, and how it is asked',
    from: ['actors/protocol', 'actors/model', 'actors/store'],
  },
  {
    path: 'actors/search',
    holds: 'the search thread: an index of its own, filled behind the log',
    from: ['actors/protocol', 'actors/store'],
  },
  {
    path: 'runtime/processes',
    holds: 'other processes as the system shows them: start, group, sockets, what a dead runtime left',
    from: ['actors/protocol'],
  },
  {
    path: 'runtime/turns',
    holds: 'who may go on: one at a time, so many at a time, equal requests as one',
    from: [],
  },
  {
    path: 'runtime/data',
    holds: 'the data directory: who owns it, lock, token, settings, log, what windows remember',
    from: ['actors/protocol', 'actors/store/file', 'runtime/processes'],
  },
  {
    path: 'runtime/work/restore-commands.ts',
    holds: 'what the runtime offers of putting back',
    from: ['actors/protocol'],
  },
  {
    path: 'runtime/surface.ts',
    holds: 'what the runtime offers to those who stand in front of it',
    from: ['actors/protocol', 'runtime/data', 'runtime/work/restore-commands.ts'],
  },
  {
    path: 'runtime/actor-system',
    holds: 'how the actors are, while somebody looks',
    from: ['actors/protocol', 'runtime/data'],
  },
  {
    path: 'runtime/agents',
    holds: 'which agents there are: presets, programs, what they get of the environment',
    from: ['actors/protocol', 'actors/agents/known', 'actors/agents/rehearsal/scripts', 'runtime/data'],
  },
  {
    path: 'runtime/prompts',
    holds: 'what is given with a prompt, looked at',
    from: ['actors/protocol'],
  },
  {
    path: 'runtime/git/command',
    holds: 'how git is called: nothing of a repository runs, nothing waits for a person',
    from: ['actors/protocol/facts'],
  },
  {
    path: 'runtime/git',
    holds: 'worktrees: made, opened, compared, kept, removed',
    from: ['runtime/turns', 'actors/protocol/facts', 'runtime/git/command'],
  },
  {
    path: 'runtime/git/snapshots',
    holds: 'worktrees as git trees: taken, kept, compared',
    from: ['actors/protocol/facts', 'runtime/git'],
  },
  {
    path: 'runtime/threads',
    holds: 'supervision of the threads: writer, session pool, readers, search',
    from: [
      'runtime/turns',
      'actors/protocol',
      'actors/reader',
      'actors/session',
      'runtime/data',
      'runtime/actor-system',
    ],
  },
  {
    path: 'runtime/keeping',
    holds: 'doctor, repair, backup, restore',
    from: ['actors/protocol/facts', 'actors/store', 'runtime/processes', 'runtime/data', 'runtime/threads'],
  },
  {
    path: 'runtime/sessions',
    holds: 'the main thread’s half of a session: host, folder, agent process, terminals, retention',
    from: [
      'runtime/turns',
      'actors/protocol',
      'actors/model',
      'actors/agents/acp/wire',
      'actors/agents/known',
      'actors/session',
      'actors/reader',
      'runtime/processes',
      'runtime/data',
      'runtime/surface.ts',
      'runtime/actor-system',
      'runtime/agents',
      'runtime/git',
      'runtime/threads',
    ],
  },
  {
    path: 'runtime/work',
    holds: 'what becomes of a session’s work: its snapshots, what is put back, what was given up',
    from: [
      'runtime/turns',
      'actors/protocol',
      'actors/reader',
      'runtime/data',
      'runtime/work/restore-commands.ts',
      'runtime/git',
    ],
  },
  {
    path: 'runtime/asking',
    holds: 'agents spoken with outside of any session: asked what they can and keep, logged in, tried out',
    from: [
      'actors/protocol',
      'actors/agents',
      'actors/session',
      'actors/reader',
      'runtime/processes',
      'runtime/data',
      'runtime/agents',
      'runtime/sessions',
    ],
  },
  {
    path: 'runtime/window',
    holds: 'the desktop: which window, who opens it, what it looks at outside of the log',
    from: [
      'runtime/turns',
      'actors/protocol',
      'runtime/processes',
      'runtime/data',
      'runtime/surface.ts',
      'runtime/git',
      'runtime/threads',
    ],
  },
  {
    path: 'runtime/gateway/access',
    holds: 'who gets in, and how much of it',
    from: ['actors/protocol', 'runtime/processes'],
  },
  {
    path: 'runtime/gateway/http',
    holds: 'requests and answers: routes, problems, pages, the OpenAPI document',
    from: ['actors/protocol', 'runtime/surface.ts', 'runtime/window', 'runtime/gateway/access'],
  },
  {
    path: 'runtime/gateway/live',
    holds: 'what is told as it happens: dashboard, tail, actors',
    from: ['actors/protocol', 'actors/model', 'runtime/data', 'runtime/surface.ts', 'runtime/gateway'],
  },
  {
    path: 'runtime/gateway',
    holds: 'the server on loopback that stands in front of the runtime',
    from: ['actors/protocol', 'runtime/data', 'runtime/surface.ts', 'runtime/gateway'],
  },
  {
    path: 'runtime',
    holds: 'the runtime composed, and as a process',
    from: ['actors', 'runtime'],
  },
  {
    path: 'runtime/client',
    holds: 'a client of a runtime, for the command line and as `throughline/client`: calls, tail, dashboards',
    from: ['actors/protocol', 'actors/model/dashboard', 'runtime/processes', 'runtime/data'],
  },
  {
    path: 'runtime/library',
    holds: 'what other programs import: `throughline/client` and `throughline/runtime`',
    from: ['actors/protocol', 'runtime'],
  },
  {
    path: 'runtime/cli/text',
    holds: 'text for a terminal: harmless, and as wide as it is',
    from: [],
  },
  {
    path: 'runtime/cli/invocation',
    holds: 'what a command has in its hand: terminal, data directory, exit codes',
    from: ['actors/protocol/facts', 'runtime/data', 'runtime/cli/text'],
  },
  {
    path: 'runtime/cli/choose',
    holds: 'what a word on the command line means: which agent, session, approval',
    from: [
      'actors/protocol',
      'runtime/data',
      'runtime/agents',
      'runtime/prompts',
      'runtime/cli/text',
      'runtime/cli/invocation',
    ],
  },
  {
    path: 'runtime/cli/render',
    holds: 'what is shown, pure: tables, timelines, steps',
    from: [
      'actors/protocol',
      'actors/model',
      'runtime/asking',
      'runtime/cli/text',
      'runtime/cli/invocation',
      'runtime/cli/choose',
    ],
  },
  {
    path: 'runtime/cli/connect',
    holds: 'how a command reaches a runtime, or the store when none runs',
    from: [
      'actors/protocol',
      'actors/reader',
      'actors/store',
      'runtime/client',
      'runtime/data',
      'runtime/cli/text',
      'runtime/cli/invocation',
      'runtime/cli/choose',
      'runtime/cli/render',
    ],
  },
  {
    path: 'runtime/cli/commands',
    holds: 'the commands, a file each',
    from: ['actors', 'runtime'],
  },
  {
    path: 'runtime/cli/demo',
    holds: 'the demo: a story with a crash in it',
    from: ['actors/protocol', 'runtime/data', 'runtime/git/command', 'runtime/cli'],
  },
  {
    path: 'runtime/cli/define',
    holds: 'the commands’ names, options and help',
    from: ['actors/protocol/facts', 'runtime/cli'],
  },
  {
    path: 'runtime/cli',
    holds: 'the command line as a program',
    from: ['actors/protocol/facts', 'runtime/threads', 'runtime/cli'],
  },
  {
    path: 'gui/state',
    holds: 'what follows from what the window knows, pure: order, filter, attention, words',
    from: ['actors/protocol', 'actors/model/dashboard'],
  },
  {
    path: 'gui/connection',
    holds: 'the way to the runtime: calls, live sockets and what they may bring, coming back, moving on, memory',
    from: ['actors/protocol', 'gui/state'],
  },
  {
    path: 'gui/components',
    holds: 'what views are built of: buttons, fields, dialogs, menus',
    from: ['actors/protocol/facts', 'actors/model/dashboard', 'gui/state', 'gui/connection'],
  },
  {
    path: 'gui/shell',
    holds: 'the window as a program, composed: store, navigation, keyboard, commands, preferences, late views',
    from: ['actors/protocol', 'gui/state', 'gui/connection', 'gui/components'],
  },
  {
    path: 'gui/actors',
    holds: 'the view of the actor system',
    from: ['actors/protocol', 'gui/state', 'gui/connection', 'gui/components', 'gui/shell'],
  },
  {
    path: 'gui/session/text',
    holds: 'agents’ text and pictures made harmless and readable: escapes, diffs, excerpts, addresses',
    from: ['actors/protocol/asked'],
  },
  {
    path: 'gui/session/markdown',
    holds: 'Markdown, through an allow list',
    from: ['gui/shell', 'gui/session/text'],
  },
  {
    path: 'gui/session/model',
    holds: 'the timeline, pure: events to items, and what a request asks for',
    from: ['actors/protocol/facts', 'actors/protocol/asked'],
  },
  {
    path: 'gui/session/state',
    holds: 'a session that is open: its pages, its tail, what is live in it',
    from: ['actors/protocol', 'gui/connection', 'gui/session/markdown', 'gui/session/model'],
  },
  {
    path: 'gui/session/form',
    holds: 'the form of a question, loaded when there is one',
    from: ['actors/protocol/asked', 'gui/state', 'gui/components', 'gui/session/text', 'gui/session/model'],
  },
  {
    path: 'gui/session/items',
    holds: 'the items of a timeline as they are drawn',
    from: ['actors/protocol', 'actors/model/dashboard', 'gui/state', 'gui/components', 'gui/shell', 'gui/session'],
  },
  {
    path: 'gui/session/view',
    holds: 'the parts of the session view: header, timeline, composer, changes',
    from: ['actors/protocol', 'gui/state', 'gui/connection', 'gui/components', 'gui/shell', 'gui/session'],
  },
  {
    path: 'gui/session',
    holds: 'the session view, loaded when it is opened',
    from: ['actors/protocol', 'gui/state', 'gui/connection', 'gui/components', 'gui/shell', 'gui/session'],
  },
  {
    path: 'gui/inspector/model',
    holds: 'the inspector, pure: the book of steps, the track, words for states',
    from: ['actors/protocol/gateway', 'actors/model/inspection'],
  },
  {
    path: 'gui/inspector/state',
    holds: 'what the inspector has open: a run, a file, a copy of the machine',
    from: [
      'actors/protocol',
      'actors/model/inspection',
      'gui/connection',
      'gui/session/model',
      'gui/session/state',
      'gui/inspector/model',
    ],
  },
  {
    path: 'gui/inspector/scrubber',
    holds: 'a run from its beginning to its end: the scrubber, its marks, the time in each state',
    from: [
      'actors/protocol',
      'actors/model/dashboard',
      'gui/state',
      'gui/components',
      'gui/shell',
      'gui/session/text',
      'gui/inspector',
    ],
  },
  {
    path: 'gui/inspector/step',
    holds: 'one step: what was looked at, taken and named, and what changed in the context',
    from: [
      'actors/protocol',
      'actors/model/dashboard',
      'gui/state',
      'gui/components',
      'gui/session/text',
      'gui/inspector',
    ],
  },
  {
    path: 'gui/inspector/view',
    holds: 'the parts of the inspector: picture, side panel, what if, the live machine',
    from: [
      'actors/protocol',

      'actors/model/inspection',
      'gui/state',
      'gui/connection',
      'gui/components',
      'gui/shell',
      'gui/actors',
      'gui/session/model',
      'gui/session/text',
      'gui/inspector',
    ],
  },
  {
    path: 'gui/inspector',
    holds: 'the inspector, loaded when it is opened',
    from: ['gui/state', 'gui/components', 'gui/shell', 'gui/session/text', 'gui/inspector'],
  },
  {
    path: 'gui/views/new-session',
    holds: 'the form of a new session',
    from: [
      'actors/protocol',
      'actors/agents/rehearsal/scripts',
      'gui/state',
      'gui/connection',
      'gui/components',
      'gui/shell',
    ],
  },
  {
    path: 'gui/views/dialogs',
    holds: 'what lies over the window: palette, help, attention, rename, remove',
    from: ['actors/protocol', 'gui/state', 'gui/connection', 'gui/components', 'gui/shell'],
  },
  {
    path: 'gui/views/list',
    holds: 'the full list, and what a first start shows in its place',
    from: ['actors/protocol', 'gui/state', 'gui/connection', 'gui/components', 'gui/shell', 'gui/views/new-session'],
  },
  {
    path: 'gui/views/search',
    holds: 'search over all histories',
    from: ['actors/protocol', 'gui/state', 'gui/components', 'gui/shell'],
  },
  {
    path: 'gui/views',
    holds: 'the views that come right behind the list',
    from: ['gui/views'],
  },
  {
    path: 'gui/views/frame',
    holds: 'the frame around the views: bars, banners, panes, and what stands in for a view that is not there yet',
    from: ['gui/state', 'gui/components', 'gui/shell', 'gui/views/list'],
  },
  {
    path: 'gui',
    holds: 'the page: makes one window and draws it',
    from: ['gui/connection', 'gui/components', 'gui/shell', 'gui/actors', 'gui/session', 'gui/inspector', 'gui/views'],
  },
];
