/** The review of sessions' changes, as the runtime offers it. */

import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../../actors/protocol/facts/events.ts';
import { type CommentId, type SessionId, toSessionId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { Waits } from '../../queue/sends-when-free.ts';
import type { Readers } from '../../threads/readers.ts';
import { joinEqual } from '../../turns/join-equal.ts';
import { createOneAtATime } from '../../turns/one-at-a-time.ts';
import { openInEditor } from '../../window/open-in-editor.ts';
import type { ReviewCommands } from '../offered/review-commands.ts';
import { readPicture } from './picture.ts';
import type { KnownPlaces } from './place-comments.ts';
import { promptOfComments, somethingToSend, type ToSend, toSend } from './prompt-of-comments.ts';
import { snapshotOf } from './ranges.ts';
import { readComments } from './read-comments.ts';
import { listReviewFiles, listReviewRanges } from './review-files.ts';
import { readReviewPatch } from './review-patch.ts';
import { openSessionTrees, type SessionTreesOptions } from './session-trees.ts';
import { commentAdded, commentChanged, commentRemoved } from './write-comments.ts';

/** A prompt with the comments that it brings. */
export type PromptWithComments = { readonly text: string; readonly comments: readonly string[] };

export type ReviewOptions = Omit<SessionTreesOptions, 'readers' | 'knownPlaces'> & {
  readonly readers: Pick<Readers, 'handle' | 'work' | 'dashboard'>;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  /**
   * Begins the next run of a session that has none under way, with what is composed while nothing else can begin one;
   * null where that is nothing. Gives the run's ordinal. Raises what `Runtime.prompt` raises.
   */
  readonly prompt: (id: SessionId, compose: () => Promise<PromptWithComments | null>) => Promise<number | null>;
  /** The program that the person's settings name for opening files. */
  readonly editor: string | readonly string[] | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Called when comments of this session wait for its agent. */
  readonly onQueued: (id: SessionId) => void;
};

export type Review = {
  readonly commands: ReviewCommands;
  /** Comments that go to the agent by themselves. */
  readonly waits: Waits;
};

export const createReview = (options: ReviewOptions): Review => {
  const { readers, record, prompt } = options;
  const inTurn = createOneAtATime();
  const knownPlaces: KnownPlaces = new Map();
  const sources = { ...options, knownPlaces };
  const trees = (id: SessionId) => openSessionTrees(sources, id);

  /** Entries that follow from what the ledger says: one after the other, so that none is decided on what was before. */
  const recordInTurn = (id: SessionId, decide: (work: SessionWork) => readonly LedgerFact[]): Promise<void> =>
    inTurn(id, async () => {
      for (const next of decide(await readers.work(id))) await record(id, next);
    });

  const compose = async (id: SessionId, choose: (work: SessionWork) => ToSend): Promise<PromptWithComments | null> => {
    const opened = await trees(id);
    const chosen = choose(opened.work);
    if (chosen.comments.length === 0) return null;
    return { text: await promptOfComments(opened, chosen), comments: idsOf(chosen) };
  };

  const waits: Waits = {
    isThere: ({ queuedComments }) => queuedComments.length > 0,
    send: async (id) => {
      // What failed would fail with these as well: they stay until a run has ended better.
      if ((await readers.handle(id)).state.status === 'failed') return false;
      return (await prompt(id, () => compose(id, (work) => toSend(work, [], '')))) !== null;
    },
  };

  const send: ReviewCommands['sendReview'] = async (id, { commentIds, words, queue: mayQueue }) => {
    let comments = 0;
    const choose = (work: SessionWork): ToSend => {
      const chosen = somethingToSend(work, commentIds, words);
      comments = chosen.comments.length;
      return chosen;
    };
    try {
      const run = await prompt(id, () => compose(id, choose));
      return { run, queued: false, comments };
    } catch (thrown) {
      if (!(thrown instanceof ThroughlineError) || thrown.code !== 'session.busy') throw thrown;
      if (!mayQueue) {
        throw new ThroughlineError('session.busy', thrown.message, {
          hint: 'wait for it, or have them queued: they go when it has ended',
          cause: thrown,
        });
      }
    }
    await recordInTurn(id, (work) => {
      const chosen = choose(work);
      return [fact('comments_queued', { commentIds: idsOf(chosen), words: chosen.words }, toTimestamp(Date.now()))];
    });
    options.onQueued(id);
    return { run: null, queued: true, comments };
  };

  const reviewFiles = joinEqual(async (key: string) => {
    const [id = ''] = key.split(' ', 1);
    return listReviewFiles(await trees(toSessionId(id)), key.slice(id.length + 1) || undefined);
  });

  const commands: ReviewCommands = {
    reviewRanges: joinEqual(async (id: SessionId) => listReviewRanges(await trees(id))),
    // Each window asks for them while an agent works.
    reviewFiles: (id, range) => reviewFiles(range === undefined ? id : `${id} ${range}`),
    reviewPatch: async (id, asked) => readReviewPatch((await trees(id)).repository, asked),
    reviewBlob: async (id, blob) => {
      const { repository, work, base } = await trees(id);
      const before = await base(null);
      const all = [...work.snapshots.map(({ tree }) => tree), ...(before === null ? [] : [before.tree])];
      return readPicture(repository, all, blob);
    },
    lookedAt: (id, snapshot) =>
      recordInTurn(id, (work) => {
        snapshotOf(work, snapshot);
        if (work.lookedAt === snapshot) return [];
        return [fact('looked_at', { snapshot }, toTimestamp(Date.now()))];
      }),
    viewed: (id, file) =>
      recordInTurn(id, (work) => {
        const seen = work.viewed.find(({ path }) => path === file.path);
        const isSo = file.viewed ? seen !== undefined && seen.blob === file.blob : seen === undefined;
        return isSo ? [] : [fact('file_viewed', { ...file }, toTimestamp(Date.now()))];
      }),
    reviewComments: async (id, asked) => readComments(await trees(id), asked),
    comment: (id, { quote: _, ...comment }) =>
      inTurn(id, async () => {
        const { repository, work } = await trees(id);
        const { commentId, added } = await commentAdded(repository, work, comment);
        await record(id, added);
        return { commentId };
      }),
    changeComment: (id, commentId, change) => recordInTurn(id, (work) => commentChanged(work, commentId, change)),
    removeComment: (id, commentId) => recordInTurn(id, (work) => commentRemoved(work, commentId)),
    sendReview: send,
    unqueueReview: (id) =>
      recordInTurn(id, ({ queued }) =>
        queued === null ? [] : [fact('comments_queued', { commentIds: [], words: '' }, toTimestamp(Date.now()))],
      ),
    reviewPrompt: async (id, { comments: ids, words }) => {
      const opened = await trees(id);
      const chosen = somethingToSend(opened.work, ids, words);
      return { text: await promptOfComments(opened, chosen), comments: chosen.comments.length };
    },
    openInEditor: async (id, { path, line }) => {
      const { state } = await readers.handle(id);
      const folder = state.worktreePath ?? state.repository;
      const { editor, environment } = options;
      return { editor: await openInEditor({ folder, path, line, editor, environment }) };
    },
  };

  return { commands, waits };
};

const idsOf = ({ comments }: ToSend): CommentId[] => comments.map(({ commentId }) => commentId);
