import { resolve } from 'node:path';
import type { StepOf } from '../stage/script.ts';
import type { Stage } from '../stage/stage.ts';
import { RequestError } from '../stage/wire.ts';

const excerptCharacters = 200;

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const excerpt = (text: string): string =>
  text.length > excerptCharacters ? `${text.slice(0, excerptCharacters)}…` : text;

/** Asks, whatever the client said it can do: some agents do just that. A refusal is told and the script goes on. */
const askClient = async (
  stage: Stage,
  what: string,
  method: string,
  params: Readonly<Record<string, unknown>>,
): Promise<unknown> => {
  const { sessionId } = stage.session.conversation;
  try {
    return await stage.unlessCancelled(stage.wire.request(method, { sessionId, ...params }));
  } catch (thrown) {
    if (!(thrown instanceof RequestError)) throw thrown;
    await stage.say(`${what}: the client refused (${thrown.code}): ${thrown.message}\n`);
    return undefined;
  }
};

export const fsRead = async (stage: Stage, step: StepOf<'fs_read'>): Promise<void> => {
  const path = resolve(stage.session.conversation.cwd, step.path);
  const answer = await askClient(stage, `Reading ${path}`, 'fs/read_text_file', { path });
  if (answer === undefined) return;
  const content = String(field(answer, 'content'));
  await stage.say(`Reading ${path}: the client gave ${content.length} characters: ${excerpt(content)}\n`);
};

export const fsWrite = async (stage: Stage, step: StepOf<'fs_write'>): Promise<void> => {
  const path = resolve(stage.session.conversation.cwd, step.path);
  const answer = await askClient(stage, `Writing ${path}`, 'fs/write_text_file', { path, content: step.text });
  if (answer !== undefined) await stage.say(`Writing ${path}: the client wrote ${step.text.length} characters.\n`);
};

export const terminal = async (stage: Stage, { command, args }: StepOf<'terminal'>): Promise<void> => {
  const { cwd } = stage.session.conversation;
  const what = `Terminal ${[command, ...args].join(' ')}`;
  const created = await askClient(stage, what, 'terminal/create', { command, args, cwd });
  if (created === undefined) return;
  const terminalId = field(created, 'terminalId');
  try {
    const exited = await askClient(stage, what, 'terminal/wait_for_exit', { terminalId });
    const shown = await askClient(stage, what, 'terminal/output', { terminalId });
    const code = field(exited, 'exitCode') ?? field(exited, 'signal');
    await stage.say(`${what}: exited with ${String(code)}, said: ${excerpt(String(field(shown, 'output')))}\n`);
  } finally {
    // Also after a cancel: a terminal that nobody releases would run on.
    await stage.wire
      .request('terminal/release', { sessionId: stage.session.conversation.sessionId, terminalId })
      .catch(() => {});
  }
};
