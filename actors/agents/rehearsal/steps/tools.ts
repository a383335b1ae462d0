import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ToolCall, ToolCallContent } from '@agentclientprotocol/sdk';
import { codeOf } from '../../../protocol/facts/error.ts';
import type { StepOf } from '../stage/script.ts';
import type { Stage } from '../stage/stage.ts';
import { runShell } from './shell.ts';

const readExcerptCharacters = 2000;

const textContent = (text: string): ToolCallContent => ({ type: 'content', content: { type: 'text', text } });

type Tool = {
  readonly call: ToolCall;
  readonly approval: boolean;
  readonly use: (progress: (text: string) => Promise<void>) => Promise<ToolOutcome>;
};

type ToolOutcome = {
  readonly status: 'completed' | 'failed';
  readonly content?: ToolCallContent[];
  readonly rawOutput?: unknown;
};

const failure = (message: string): ToolOutcome => ({
  status: 'failed',
  content: [textContent(message)],
  rawOutput: { error: message },
});

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** The life of a tool: pending, allowed or not, in progress, completed or failed. A failed tool does not end the turn. */
const useTool = async (stage: Stage, { call, approval, use }: Tool): Promise<void> => {
  const { toolCallId } = call;
  const report = (fields: Partial<ToolCall>): Promise<void> =>
    stage.update({ sessionUpdate: 'tool_call_update', toolCallId, ...fields });

  await stage.update({ sessionUpdate: 'tool_call', ...call, status: 'pending' });
  try {
    const mustAsk = approval || (stage.session.mode === 'careful' && call.kind !== 'read');
    if (mustAsk && (await stage.askPermission(call)) === 'rejected') {
      return await report(failure('The user rejected this.'));
    }
    await report({ status: 'in_progress' });
    await report(await use((text) => report({ status: 'in_progress', content: [textContent(text)] })));
  } catch (thrown) {
    await report(failure(stage.signal.aborted ? 'Cancelled.' : messageOf(thrown)));
    stage.signal.throwIfAborted();
  }
};

const contentOf = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
};

export const edit = async (stage: Stage, { path, text, append, approval }: StepOf<'edit'>): Promise<void> => {
  const absolute = join(stage.session.conversation.cwd, path);
  const oldText = await contentOf(absolute).catch(() => null);
  const newText = text ?? (oldText ?? '') + (append ?? '');
  const diff: ToolCallContent = { type: 'diff', path: absolute, oldText, newText };
  await useTool(stage, {
    call: {
      toolCallId: randomUUID(),
      title: oldText === null ? `Create ${path}` : `Edit ${path}`,
      kind: 'edit',
      content: [diff],
      locations: [{ path: absolute }],
      rawInput: { path: absolute, content: newText },
    },
    approval,
    use: async () => {
      await mkdir(dirname(absolute), { recursive: true });
      await writeFile(absolute, newText);
      return { status: 'completed', content: [diff] };
    },
  });
};

export const read = (stage: Stage, { path }: StepOf<'read'>): Promise<void> => {
  const absolute = join(stage.session.conversation.cwd, path);
  return useTool(stage, {
    call: {
      toolCallId: randomUUID(),
      title: `Read ${path}`,
      kind: 'read',
      locations: [{ path: absolute }],
      rawInput: { path: absolute },
    },
    approval: false,
    use: async () => {
      const content = await contentOf(absolute);
      if (content === null) return failure(`There is no ${path} here.`);
      return { status: 'completed', content: [textContent(content.slice(0, readExcerptCharacters))] };
    },
  });
};

export const run = (stage: Stage, { command, approval }: StepOf<'run'>): Promise<void> => {
  const { cwd } = stage.session.conversation;
  return useTool(stage, {
    call: { toolCallId: randomUUID(), title: command, kind: 'execute', rawInput: { command, cwd } },
    approval,
    use: async (progress) => {
      const { code, signal, output } = await runShell({ command, cwd, signal: stage.signal, progress });
      return {
        status: code === 0 ? 'completed' : 'failed',
        content: [textContent(output)],
        rawOutput: { exitCode: code, signal, output },
      };
    },
  });
};

/** Permission for a tool that was never announced: the client first hears of it in the question. */
export const ask = async (stage: Stage, { title, toolKind, details }: StepOf<'ask'>): Promise<void> => {
  const toolCallId = randomUUID();
  const content = details === undefined ? [] : [textContent(details)];
  const decision = await stage.askPermission({ toolCallId, title, kind: toolKind, status: 'pending', content });
  const status = decision === 'allowed' ? 'completed' : 'failed';
  await stage.update({ sessionUpdate: 'tool_call_update', toolCallId, title, kind: toolKind, status, content });
};
