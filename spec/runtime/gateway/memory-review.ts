import type { CommentId } from '../../../actors/protocol/facts/ids.ts';
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import type { ReviewCommands } from '../../../runtime/work/offered/review-commands.ts';

export const commentId = '01890a5d-ac96-774b-bcce-b302099a8061' as CommentId;
export const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const file: ReviewFile = {
  path: 'src/a.ts',
  kind: 'modified',
  oldMode: '100644',
  newMode: '100644',
  oldBlob: tree,
  newBlob: tree,
  additions: 1,
  deletions: 0,
  picture: false,
  comments: 1,
  viewed: 'changed',
};

const end = { tree, snapshot: 1, at: 1 };

/** A review that notes which commands reached it. */
export const memoryReview = (
  note: <Answer>(answer: Answer, ...call: unknown[]) => Promise<Answer>,
): ReviewCommands => ({
  reviewRanges: (...call) => note({ ranges: [], first: null, runs: [1] }, 'reviewRanges', ...call),
  reviewFiles: (...call) =>
    note(
      {
        range: 'run:1',
        run: 1,
        from: tree,
        to: tree,
        fromEnd: end,
        toEnd: end,
        base: { name: 'main', commit: tree, from: 'now', words: null },
        files: [file],
        cut: false,
        behind: 0,
        ahead: 1,
        branch: 'one',
      },
      'reviewFiles',
      ...call,
    ),
  reviewPatch: (...call) => note({ text: '', cut: false, tooLarge: false, binary: false }, 'reviewPatch', ...call),
  reviewBlob: (...call) =>
    note({ contentType: 'image/png', bytes: Uint8Array.from([0x89, 0x50]) }, 'reviewBlob', ...call),
  lookedAt: (...call) => note(undefined, 'lookedAt', ...call),
  viewed: (...call) => note(undefined, 'viewed', ...call),
  reviewComments: (...call) => note({ comments: [], queued: null }, 'reviewComments', ...call),
  comment: (...call) => note({ commentId }, 'comment', ...call),
  changeComment: (...call) => note(undefined, 'changeComment', ...call),
  removeComment: (...call) => note(undefined, 'removeComment', ...call),
  sendReview: (...call) => note({ run: 2, queued: false, comments: 1 }, 'sendReview', ...call),
  unqueueReview: (...call) => note(undefined, 'unqueueReview', ...call),
  reviewPrompt: (...call) => note({ text: 'One comment', comments: 1 }, 'reviewPrompt', ...call),
  openInEditor: (...call) => note({ editor: 'code' }, 'openInEditor', ...call),
});
