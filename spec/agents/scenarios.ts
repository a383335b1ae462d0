import type { RealAgent } from './known/real-agent.ts';

/** What an agent asked its model, read from whichever wire it speaks. */
export type Conversation = {
  /** The last thing the person said. Empty for the small requests agents make on their own. */
  readonly userText: string;
  /** Tool results since then: 0 for the first answer to a prompt. */
  readonly step: number;
  readonly tools: readonly Tool[];
  /** Everything the request says in text, where an agent names the folder it works in. */
  readonly instructions: string;
};

export type Tool = { readonly name: string; readonly parameters: readonly string[] };

export type ToolCall = { readonly name: string; readonly input: Readonly<Record<string, string>> };

/** One answer of the model, in the order it is streamed: thinking, text, tool calls. */
export type Turn = {
  readonly scenario: Scenario;
  readonly thinking: string;
  readonly pieces: readonly string[];
  readonly pauseMs: number;
  readonly calls: readonly ToolCall[];
};

export type Scenario = 'edit' | 'shell' | 'slow' | 'continue' | 'plain' | 'aside';

export const slowWordPauseMs = 50;
const slowWords = 3_600;
const pauseMs = 5;

/** The words of a slow answer, each unlike any other, so that one that is stored twice is seen. */
export const slowWordPattern = /\bw\d+-\d+\b/g;

export const endings = {
  edit: (file: string): string => `The work on ${file} is over.`,
  continue: 'Picked up where it had stopped, and now it is done.',
  plain: 'Nothing else was left to do, so this is the end.',
} as const;

/** A prompt that makes an agent ask, if anything does, and whose work is the same file either way. */
export const askingPrompt = ({ asksOnlyForCommands }: RealAgent, file: string): string =>
  `${asksOnlyForCommands === true ? 'SHELL' : 'EDIT'} ${file}`;

/** What an EDIT writes: known to the suite, which reads it from the disk. */
export const editedContent = (file: string): string => `Written by a real agent into ${file}.\n`;

/**
 * Plans one answer from words in the prompt: `EDIT notes.txt` (thinks, says so, calls the agent's tool that writes a
 * file), `SHELL notes.txt` (the same with its shell), `SLOW` (a stream of numbered words for minutes), `CONTINUE`.
 * Any other prompt gets a short ending; a request without tools is the agent's own (a title, a summary).
 */
export const planTurn = (conversation: Conversation, requestId: number): Turn => {
  const { userText, step, tools } = conversation;
  if (tools.length === 0) return answer('aside', '', 'A scripted title');
  const [, word, argument] = /\b(EDIT|SHELL|SLOW|CONTINUE)\b(?:\s+([\w.-]+))?/.exec(userText) ?? [];
  const file = argument ?? 'notes.txt';
  switch (word) {
    case 'EDIT':
    case 'SHELL': {
      const scenario = word === 'EDIT' ? 'edit' : 'shell';
      if (step > 0) return answer(scenario, `I have dealt with ${file}.`, endings.edit(file));
      // An agent without a tool that writes files does it with its shell.
      const call = (word === 'EDIT' ? callToWrite(conversation, file) : undefined) ?? callToShell(conversation, file);
      return { ...answer(scenario, `The person wants ${file}.`, `I will write ${file} now.`), calls: [call] };
    }
    case 'SLOW':
      return {
        scenario: 'slow',
        thinking: `This will take a while (${requestId}).`,
        pieces: Array.from({ length: slowWords }, (_, index) => `w${requestId}-${index + 1} `),
        pauseMs: slowWordPauseMs,
        calls: [],
      };
    case 'CONTINUE':
      return answer('continue', 'Where was I?', endings.continue);
    default:
      return answer('plain', 'There is little to do.', endings.plain);
  }
};

const answer = (scenario: Scenario, thinking: string, text: string): Turn => ({
  scenario,
  thinking,
  pieces: inPieces(text),
  pauseMs,
  calls: [],
});

const callToWrite = ({ tools, instructions }: Conversation, file: string): ToolCall | undefined => {
  const tool = tools.find(({ name }) => /^(write|write_file|create_file)$/i.test(name));
  if (tool === undefined) return undefined;
  const path = `${workingFolder(instructions)}/${file}`;
  const pathParameter = tool.parameters.find((name) => /^(file_?path|path)$/i.test(name)) ?? 'path';
  return { name: tool.name, input: { [pathParameter]: path, content: editedContent(file) } };
};

const callToShell = ({ tools }: Conversation, file: string): ToolCall => {
  const tool = tools.find(({ name }) => /^(bash|shell|exec_command|run_shell_command)$/i.test(name));
  if (tool === undefined) throw new Error(`no tool writes files or runs commands: ${tools.map(({ name }) => name)}`);
  const command = `printf '%s\\n' '${editedContent(file).trimEnd()}' > ${file}`;
  const wanted: Readonly<Record<string, string>> = {
    [tool.parameters.includes('cmd') ? 'cmd' : 'command']: command,
    description: `Write ${file}`,
    // Codex asks nobody about what its sandbox allows.
    sandbox_permissions: 'require_escalated',
    justification: `May I write ${file}?`,
  };
  const known = Object.entries(wanted).filter(([name]) => tool.parameters.includes(name));
  return { name: tool.name, input: Object.fromEntries(known) };
};

/** Agents want absolute paths from their model and tell it, each in its own words, where it works. */
const workingFolder = (instructions: string): string => {
  const [, folder] =
    /(?:working (?:in the )?directory(?::| is)|<cwd>|\bcwd:|workspace directories:\**\s*-)\s*`?(\/[^\n<`]*)/i.exec(
      instructions,
    ) ?? [];
  if (folder === undefined) throw new Error('the request names no working folder');
  return folder.trim();
};

/** A text as the pieces it is streamed in. */
export const inPieces = (text: string): readonly string[] => text.match(/.{1,8}/gsu) ?? [];
