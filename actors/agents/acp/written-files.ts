/**
 * What an agent writes through us, given to the tool call that it belongs to. Nothing in the protocol says which that
 * is, so it is the open call that names the file, else the only one that edits, else the only one. The edits stand in
 * the call's result, beside those that the agent tells itself: the same file twice would be one edit told twice.
 */
import type { Diff } from '../../protocol/facts/events.ts';
import type { ToolCallUpdate } from './tool-call.ts';

type Call = {
  readonly toolCallId: string;
  kind: string | null;
  readonly paths: Set<string>;
  readonly edits: Map<string, Diff>;
  /** The edits that its result has; null while it is under way. */
  told: readonly Diff[] | null;
};

/** Where an edit is told: in the result of its call when that comes, after it, in no call, or nowhere again. */
export type EditPlace =
  | { readonly kind: 'in_result' }
  | { readonly kind: 'after_result'; readonly toolCallId: string }
  | { readonly kind: 'alone' }
  | { readonly kind: 'told_already' };

const maxFilesPerCall = 100;

export const createWrittenFiles = () => {
  const open = new Map<string, Call>();

  const callOf = (path: string): Call | undefined => {
    const calls = [...open.values()];
    const editing = calls.filter(({ kind }) => kind === 'edit');
    const naming = calls.findLast(({ paths }) => [...paths].some((named) => isSame(named, path)));
    return naming ?? [editing, calls].find(({ length }) => length === 1)?.[0];
  };

  return {
    /** A message about a call that is under way. */
    heard: (toolCallId: string, update: ToolCallUpdate, diffs: readonly Diff[]): void => {
      const call = open.get(toolCallId) ?? { toolCallId, kind: null, paths: new Set(), edits: new Map(), told: null };
      open.set(toolCallId, call);
      call.kind = update.kind ?? call.kind;
      const paths = [...update.locations, ...diffs].map(({ path }) => path);
      for (const path of paths) if (call.paths.size < maxFilesPerCall) call.paths.add(path);
    },

    /**
     * The agent asks for a file to be written. Gives what says where its edit is told when that is done; by then the call
     * may have ended, as some agents do not wait for the answer.
     */
    writing: (path: string): ((edit: Diff) => EditPlace) => {
      const call = callOf(path);
      return (edit) => {
        if (call === undefined) return { kind: 'alone' };
        if (call.told !== null) {
          const isTold = call.told.some((told) => isSame(told.path, path));
          return isTold ? { kind: 'told_already' } : { kind: 'after_result', toolCallId: call.toolCallId };
        }
        if (call.edits.size >= maxFilesPerCall) return { kind: 'alone' };
        const before = call.edits.get(path);
        call.edits.set(path, before === undefined ? edit : { ...edit, oldText: before.oldText });
        return { kind: 'in_result' };
      };
    },

    /** The call has ended: what it changed, of which the agent told this itself. */
    take: (toolCallId: string, told: readonly Diff[]): readonly Diff[] => {
      const call = open.get(toolCallId);
      open.delete(toolCallId);
      if (call === undefined) return told;
      const more = [...call.edits.values()].filter((edit) => !told.some(({ path }) => isSame(path, edit.path)));
      call.told = [...told, ...more];
      return call.told;
    },
  };
};

/** Whether a path that an agent names, perhaps from its folder on, is this absolute one. */
const isSame = (named: string, path: string): boolean => named === path || path.endsWith(`/${named}`);
