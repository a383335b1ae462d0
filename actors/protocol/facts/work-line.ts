/**
 * What became of a session's work, as a sentence. Without the schemas, so that the window can say it too: what does not
 * fit reads as missing.
 */
import { counted } from './counted.ts';
import { shortCommit } from './short-commit.ts';
import { isSnapshotReason, occasionOf } from './snapshot-occasion.ts';
import type { workPayloads } from './work-events.ts';

export type WorkEventType = keyof typeof workPayloads;

type Fields = Readonly<Record<string, unknown>>;

const sentences = {
  snapshot_taken: (told) => {
    const changed = told.files === 0 ? '' : `, ${files(told.files)} +${word(told.additions)} −${word(told.deletions)}`;
    return `S${word(told.snapshot)} · ${snapshotWords(told)}${changed}`;
  },
  snapshot_failed: (told) => `no snapshot was taken (${snapshotWords(told)}): ${word(told.message)}`,
  snapshots_dropped: (told) => `${counted(lengthOf(told.snapshots), 'snapshot')} kept no more`,
  restore_begun: (told) =>
    // Of a worktree that is made anew its recovery tells.
    told.kind === 'recovery'
      ? null
      : `${files(told.files)} put back${told.to === null ? '' : ` to S${word(told.to)}`}; what was there is S${word(told.from)}`,
  restore_finished: () => null,
  restore_abandoned: (told) => `it was not put back: ${word(told.message)}`,
  comment_added: (told) => `comment on ${word(told.path)}:${word(told.from)}: ${word(told.text)}`,
  comment_changed: () => null,
  comment_removed: () => null,
  comment_resolved: () => null,
  comments_queued: (told) => {
    const count = lengthOf(told.commentIds);
    return count === 0
      ? 'no comments wait for the agent any more'
      : `${counted(count, 'comment')} for the agent, when its run has ended`;
  },
  file_viewed: () => null,
  looked_at: () => null,
  command_started: (told) => `${word(told.kind)} ${word(told.name)}: ${word(told.command)}`,
  command_output: () => null,
  command_ended: (told) =>
    `${word(told.kind)} ${word(told.name)}: ${word(told.outcome).replaceAll('_', ' ')}${told.exitCode === 0 || told.exitCode === null ? '' : ` (exit code ${word(told.exitCode)})`}`,
  commit_begun: () => null,
  committed: (told) => `committed ${shortId(told.commit)}: ${word(told.subject)}`,
  commit_abandoned: (told) => `it was not committed: ${word(told.message)}`,
  landing_queued: (told) => `to be landed on ${word(told.onto)} by ${word(told.way)}`,
  landing_arranged: (told) => `in the queue: ${word(told.words)}`,
  landing_stepped: () => null,
  landing_prepared: (told) => `made on top of ${shortId(told.base)} as ${shortId(told.commit)}`,
  landing_begun: () => null,
  landed: (told) => `landed as ${shortId(told.commit)}`,
  landing_returned: (told) => `given back: ${word(told.words)}`,
  landing_held: (told) => `held before landing: ${word(told.words)}`,
  landing_withdrawn: (told) => `not landed: ${word(told.words)}`,
  landing_undo_begun: () => null,
  landing_undone: (told) =>
    told.undone === true ? 'its landing was undone' : `its landing stands: ${word(told.words)}`,
  bisect_begun: (told) =>
    `looks for the first of ${counted(lengthOf(told.snapshots), 'snapshot')} where this fails: ${word(told.command)}`,
  bisect_tried: (told) => `S${word(told.snapshot)} ${word(told.outcome).replaceAll('_', ' ')}`,
  bisect_ended: (told) =>
    told.snapshot === null
      ? `no first snapshot that fails: ${word(told.outcome).replaceAll('_', ' ')}`
      : `S${word(told.snapshot)} is the first that fails`,
  pushed: (told) => `pushed ${word(told.branch)} to ${word(told.remote)}`,
  pull_request: (told) => `pull request ${word(told.number)}, ${word(told.state)}: ${word(told.title)}`,
  worktree_prepared: (told) => {
    const copied = lengthOf(told.copied);
    const port = told.port === null ? [] : [`port ${word(told.port)}`];
    const parts = [...port, ...(copied === 0 ? [] : [`${counted(copied, 'file')} copied`]), ...textsOf(told.notes)];
    return parts.length === 0 ? null : `the worktree is prepared: ${parts.join('; ')}`;
  },
  worktree_recovered: (told) => `the worktree is there again at ${word(told.path)}: ${word(told.words)}`,
} as const satisfies { readonly [Type in WorkEventType]: (told: Fields) => string | null };

export const isWorkEventType = (type: string): type is WorkEventType => Object.hasOwn(sentences, type);

/** The sentence of such an event; null for one that only the log needs. */
export const workLine = (type: WorkEventType, payload: unknown): string | null =>
  sentences[type](typeof payload === 'object' && payload !== null ? (payload as Fields) : {});

const snapshotWords = ({ reason, run }: Fields): string =>
  isSnapshotReason(reason) ? occasionOf({ reason, run: typeof run === 'number' ? run : null }) : word(reason);

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '?');

const shortId = (value: unknown): string => shortCommit(word(value));

const files = (count: unknown): string => (typeof count === 'number' ? counted(count, 'file') : '? files');

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
