/**
 * What an agent writes through us, given to the tool call that it belongs to. Nothing in the protocol says which that
 * is, so it is the open call that names the file, else the only one that edits, else the only one. The edits stand in
 * the call's result, beside those that the agent tells itself: the same file twice would be one edit told twice.
 */
import type { Diff } from '../../protocol/facts/events.ts';
import type { ToolCallUpdate } from './tool-call.ts';

type OpenCall = { kind: string | null; readonly paths: Set<string>; readonly edits: Map<string, Diff> };

const maxFilesPerCall = 100;

export const createWrittenFiles = () => {
  const open = new Map<string, OpenCall>();

  const callOf = (path: string): OpenCall | undefined => {
    const calls = [...open.values()];
    const naming = calls.filter(({ paths }) => [...paths].some((named) => isSame(named, path)));
    const editing = calls.filter(({ kind }) => kind === 'edit');
    return naming.at(-1) ?? [editing, calls].find(({ length }) => length === 1)?.[0];
  };

  return {
    /** A message about a call that is under way. */
    heard: (update: ToolCallUpdate): void => {
      const call = open.get(update.toolCallId) ?? { kind: null, paths: new Set<string>(), edits: new Map() };
      open.set(update.toolCallId, call);
      call.kind = update.kind ?? call.kind;
      for (const path of pathsIn(update)) if (call.paths.size < maxFilesPerCall) call.paths.add(path);
    },

    /** A file was written. False when no call is known that it belongs to: then it is an event of its own. */
    give: (edit: Diff): boolean => {
      const call = callOf(edit.path);
      if (call === undefined || call.edits.size >= maxFilesPerCall) return false;
      const before = call.edits.get(edit.path);
      call.edits.set(edit.path, before === undefined ? edit : { ...edit, oldText: before.oldText });
      return true;
    },

    /** The call has ended: what it changed, of which the agent told this itself. */
    take: (toolCallId: string, told: readonly Diff[]): readonly Diff[] => {
      const edits = [...(open.get(toolCallId)?.edits.values() ?? [])];
      open.delete(toolCallId);
      return [...told, ...edits.filter((edit) => !told.some(({ path }) => isSame(path, edit.path)))];
    },
  };
};

const pathsIn = ({ locations, content }: ToolCallUpdate): readonly string[] => [
  ...(locations ?? []).map(({ path }) => path),
  ...(content ?? []).flatMap((part) => (part.type === 'diff' && typeof part.path === 'string' ? [part.path] : [])),
];

/** Whether a path that an agent names, perhaps from its folder on, is this absolute one. */
const isSame = (named: string, path: string): boolean => named === path || path.endsWith(`/${named}`);
