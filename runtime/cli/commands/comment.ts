/** `comment`: writes a comment on lines, lists them, sends them to the agent, resolves them. */

import { isAbsolute, relative } from 'node:path';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { PlacedComment } from '../../../actors/protocol/gateway/review-routes.ts';
import type { Client } from '../../client/client.ts';
import { shortIdLength } from '../choose/find-session.ts';
import type { ResolvedSession } from '../connect/queries.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import type { ExitCode } from '../invocation/exit-codes.ts';
import { exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { promptText } from '../invocation/prompt-text.ts';
import { clockTime } from '../render/clock-time.ts';
import { placeWords, stateWords } from '../render/review-words.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';
import { steer } from './steer.ts';

export type CommentOptions = {
  readonly before?: boolean;
  readonly send?: boolean;
  readonly only?: readonly string[];
  readonly words?: string;
  readonly queue?: boolean;
  readonly unqueue?: boolean;
  readonly prompt?: boolean;
  readonly resolve?: string;
  readonly reopen?: string;
  readonly remove?: string;
  readonly all?: boolean;
};

type Given = { readonly place: string | undefined; readonly text: string | undefined };

export const comment = async (
  invocation: Invocation,
  session: string,
  given: Given,
  options: CommentOptions,
): Promise<ExitCode> => {
  const { send, prompt, unqueue, resolve, reopen, remove } = options;
  const asked = [given.place, send, prompt, unqueue, resolve, reopen, remove].filter(Boolean).length;
  if (asked > 1) {
    throw new ThroughlineError('input.invalid', 'this is more than one thing to do', {
      hint: 'write a comment, or give one of --send, --prompt, --unqueue, --resolve, --reopen and --remove',
    });
  }
  if (given.place !== undefined) return write(invocation, session, given.place, given.text, options);
  if (send) return sendAll(invocation, session, options);
  if (prompt) return showPrompt(invocation, session, options);
  if (unqueue) return takeBack(invocation, session);
  if (resolve !== undefined) return change(invocation, session, resolve, { resolved: true }, 'Resolved');
  if (reopen !== undefined) return change(invocation, session, reopen, { resolved: false }, 'Opened again');
  if (remove !== undefined) return takeAway(invocation, session, remove);
  return list(invocation, session, options);
};

const write = (
  invocation: Invocation,
  given: string,
  place: string,
  text: string | undefined,
  options: CommentOptions,
): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, row, shortId }) => {
    const { path, from, to } = placeIn(place, row.worktree.path);
    const said = await promptText(text, invocation.terminal.stdin);
    const files = await client.call('reviewFiles', { parameters: { id }, query: { range: 'base' } });
    const { commentId } = await client.call('comment', {
      parameters: { id },
      body: {
        path,
        side: options.before ? 'before' : 'after',
        from,
        to,
        text: said,
        tree: options.before ? files.from : files.to,
        snapshot: options.before ? null : files.toEnd.snapshot,
      },
    });
    const lines = from === to ? `line ${from}` : `lines ${from} to ${to}`;
    return {
      say: `Comment ${commentId.slice(0, idCharacters)} on ${lines} of ${sanitiseLine(path)}. It is sent when you say so.`,
      next: ['Send what is open:', invocation.suggest('comment', shortId, '--send')],
      facts: { commentId, path, from, to },
    };
  });

const idCharacters = 13;

/** `FILE:LINE` or `FILE:LINE-LINE`; a whole path of the worktree is one in it. */
const placeIn = (place: string, worktree: string | null): { path: string; from: number; to: number } => {
  const [, file, first, last] = /^(.+):(\d{1,8})(?:[-–](\d{1,8}))?$/s.exec(place) ?? [];
  const [from, to] = [Number(first), Number(last ?? first)];
  if (file === undefined || from < 1 || to < from) {
    throw new ThroughlineError('input.invalid', `"${sanitiseLine(place)}" is no place in a file`, {
      hint: 'give it as FILE:LINE or FILE:LINE-LINE',
    });
  }
  const path = worktree !== null && isAbsolute(file) ? relative(worktree, file) : file.replace(/^\.\//, '');
  return { path, from, to };
};

/** All comments, those first that were written first. */
const commentsOf = async (client: Client, id: string) => client.call('reviewComments', { parameters: { id } });

const findComment = async (client: Client, id: string, given: string): Promise<PlacedComment> => {
  const { comments } = await commentsOf(client, id);
  const prefix = given.trim().toLowerCase();
  const found = prefix.length < 8 ? [] : comments.filter(({ commentId }) => commentId.startsWith(prefix));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  if (found.length > 1) {
    const length = shortIdLength(comments.map(({ commentId }) => commentId));
    const shown = found.slice(0, 4).map(({ commentId }) => commentId.slice(0, length));
    throw new ThroughlineError('input.invalid', `"${sanitiseLine(given)}" could be ${found.length} comments`, {
      hint: `give more of the id: ${shown.join(', ')}`,
    });
  }
  throw new ThroughlineError('review.not_found', `there is no comment ${sanitiseLine(given)} in this session`, {
    hint: 'give the beginning of its id, as `throughline comment ID --all` has it',
  });
};

const change = (
  invocation: Invocation,
  given: string,
  which: string,
  body: { readonly resolved: boolean },
  verb: string,
): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id }) => {
    const { commentId, text } = await findComment(client, id, which);
    await client.call('changeComment', { parameters: { id, commentId }, body });
    return { say: `${verb}: ${sanitiseLine(text)}`, facts: { commentId } };
  });

const takeAway = (invocation: Invocation, given: string, which: string): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id }) => {
    const { commentId, text } = await findComment(client, id, which);
    await client.call('removeComment', { parameters: { id, commentId } });
    return { say: `Taken away: ${sanitiseLine(text)}`, facts: { commentId } };
  });

const takeBack = (invocation: Invocation, given: string): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id }) => {
    await client.call('unqueueReview', { parameters: { id } });
    return { say: 'Nothing waits to be sent; the comments are open again.' };
  });

const chosen = async (client: Client, id: string, only: readonly string[] | undefined) =>
  only === undefined
    ? undefined
    : await Promise.all(only.map(async (which) => (await findComment(client, id, which)).commentId));

const sendAll = (invocation: Invocation, given: string, options: CommentOptions): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, shortId }) => {
    const commentIds = await chosen(client, id, options.only);
    const { run, queued, comments } = await client.call('sendReview', {
      parameters: { id },
      body: {
        words: options.words ?? '',
        queue: options.queue === true,
        ...(commentIds === undefined ? {} : { commentIds }),
      },
    });
    const sent = counted(comments, 'comment');
    const facts = { run, queued, comments };
    return queued
      ? {
          say: `${sent} ${comments === 1 ? 'goes' : 'go'} to the agent when its run has ended.`,
          next: ['Take it back:', invocation.suggest('comment', shortId, '--unqueue')],
          facts,
        }
      : {
          say: `${sent} sent as run ${run}.`,
          next: ['Watch it:', invocation.suggest('history', shortId, '--follow')],
          facts,
        };
  });

const showPrompt = async (invocation: Invocation, given: string, options: CommentOptions): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  const { client, id } = await opened(invocation, given);
  const ids = await chosen(client, id, options.only);
  const { text, comments } = await client.call('reviewPrompt', {
    parameters: { id },
    query: { words: options.words ?? '', ...(ids === undefined ? {} : { comments: ids.join(',') }) },
  });
  if (json) await terminal.writeJson({ id, text, comments });
  else for (const line of text.split('\n')) await terminal.writeLine(line === '' ? '' : shownLine(line));
  return exitCodes.done;
};

/** With its beginning: code is indented. */
const shownLine = (line: string): string =>
  `${/^\s*/.exec(line)?.[0].replaceAll('\t', '    ') ?? ''}${sanitiseLine(line)}`;

const opened = async (
  invocation: Invocation,
  given: string,
): Promise<ResolvedSession & { readonly client: Client }> => {
  const session = await resolveSession(invocation, given);
  return { ...session, client: await ensureRuntime(invocation.directory, { script: thisProgram() }) };
};

const list = async (invocation: Invocation, given: string, options: CommentOptions): Promise<ExitCode> => {
  const { terminal, json, suggest } = invocation;
  const { colours } = terminal;
  const { client, id, shortId } = await opened(invocation, given);
  const { comments, queued } = await commentsOf(client, id);
  if (json) {
    await terminal.writeJson({ id, comments, queued });
    return exitCodes.done;
  }
  const shown = comments.filter(({ state }) => options.all === true || state !== 'resolved');
  const resolved = comments.length - shown.length;
  if (shown.length === 0) {
    await terminal.writeLine(resolved === 0 ? 'No comments yet.' : `No comments but ${resolved} that are resolved.`);
    await terminal.writeLine(colours.dim(`Write one:  ${suggest('comment', shortId, 'FILE:LINE', 'TEXT')}`));
    return exitCodes.done;
  }
  for (const each of shown) await terminal.write(`${commentLines(each, invocation).join('\n')}\n`);
  if (resolved > 0) await terminal.writeLine(colours.dim(`${resolved} resolved: --all shows them`));
  if (shown.some(({ state }) => state === 'open')) {
    await terminal.writeLine(colours.dim(`Send what is open:  ${suggest('comment', shortId, '--send')}`));
  }
  return exitCodes.done;
};

const commentLines = (each: PlacedComment, { terminal: { colours, columns } }: Invocation): readonly string[] => {
  const mark = { open: '○', queued: '◐', sent: '→', answered: '✓', resolved: '✓' }[each.state];
  const place = `${sanitiseLine(each.pathNow ?? each.path)}:${placeWords(each)}`;
  return [
    ...wrap(`${mark} ${place}`, columns).map((row, index) => (index === 0 ? colours.bold(row) : row)),
    ...each.text.split('\n').flatMap((line) => wrap(sanitiseLine(line), columns - 2).map((row) => `  ${row}`)),
    colours.dim(`  ${stateWords(each)} · ${clockTime(each.at)} · ${each.commentId.slice(0, idCharacters)}`),
  ];
};
