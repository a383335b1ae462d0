/** What can be done with a file of a review, and with the change in it that the cursor stands on. */
import type { MenuItem } from '../../components/menu.tsx';
import type { Toasts } from '../../components/toast.tsx';
import { visibleLine } from '../../session/text/visible.ts';
import type { Actions } from '../../shell/actions.ts';
import { changeHunk } from '../model/change-hunk.ts';
import { pathParts } from '../model/path-parts.ts';
import { lineOfRow } from '../model/rows.ts';
import type { FileEntry } from '../state/file-entry.ts';
import type { Part } from '../state/put-back.ts';
import type { ReviewScope } from '../state/review-context.ts';

export type FileMenuDependencies = { readonly actions: Actions; readonly toasts: Toasts };

export const fileMenu = (
  scope: ReviewScope,
  entry: FileEntry,
  { actions, toasts }: FileMenuDependencies,
): readonly MenuItem[] => {
  const { putBack, discarding, picturesOver, whose } = scope;
  const file = entry.file.peek();
  const name = visibleLine(pathParts(entry.path).name);
  const hunk = hunkAtCursor(scope, entry);
  const stage = (part: Part, staged: boolean, words: string) => (): void =>
    void putBack.stage(part, staged).then(() => toasts.showToast({ text: words }), toasts.showError);
  const ofChange = (of: string): readonly MenuItem[] => [
    { label: 'Stage this change', icon: 'add', run: stage({ file, hunk: of }, true, `A change of ${name} is staged.`) },
    { label: 'Revert this change', icon: 'restore', run: () => void revert(scope, { file, hunk: of }, toasts) },
  ];
  return [
    ...(hunk === null ? [] : ofChange(hunk)),
    { label: 'Stage the file', icon: 'add', run: stage({ file, hunk: null }, true, `${name} is staged.`) },
    { label: 'Unstage the file', icon: 'minus', run: stage({ file, hunk: null }, false, `${name} is not staged.`) },
    {
      label: 'Discard its changes…',
      icon: 'trash',
      danger: true,
      run: () => {
        discarding.value = entry;
      },
    },
    'line',
    {
      label: 'Open in your editor',
      icon: 'edit',
      detail: 'O',
      disabled: file.kind === 'deleted',
      run: () => openInEditor(scope, entry.path, toasts.showError),
    },
    { label: 'Whose lines', icon: 'inspect', detail: 'B', run: whose.toggle },
    { label: 'Copy path', icon: 'copy', run: () => actions.copyText(entry.path, 'path') },
    ...(file.picture && file.oldBlob !== null && file.newBlob !== null
      ? [
          {
            label: 'Over each other',
            checked: picturesOver.peek(),
            run: () => {
              picturesOver.value = !picturesOver.peek();
            },
          },
        ]
      : []),
  ];
};

/** The head of the change that the cursor stands on; null where it stands on none of this file. */
export const hunkAtCursor = ({ cursor }: ReviewScope, entry: FileEntry): string | null => {
  const now = cursor.cursor.peek();
  const body = entry.body.peek();
  if (now?.path !== entry.path || body.kind !== 'lines') return null;
  const row = entry.rows.peek().find(({ key }) => key === now.key);
  const line = row?.kind === 'pair' && now.side === 'before' ? row.left : row === undefined ? null : lineOfRow(row);
  return line === null ? null : changeHunk(body.file.lines, line);
};

/** Puts something back, and says how that is undone. */
export const revert = async (scope: ReviewScope, part: Part, toasts: Toasts): Promise<void> => {
  const { putBack, files } = scope;
  const name = visibleLine(pathParts(part.file.path).name);
  try {
    const { kept, files: changed } = await putBack.putBack(part);
    files.refresh();
    const what = part.hunk === null ? `${name} is` : `A change of ${name} is`;
    if (changed === 0) {
      toasts.showToast({ text: `${what} as it was already.` });
      return;
    }
    toasts.showToast({
      text: `${what} as it was before. What was there is S${kept}.`,
      action: {
        label: 'Undo this',
        undoes: true,
        run: () => void putBack.undo(part, kept).then(files.refresh, toasts.showError),
      },
    });
  } catch (error) {
    toasts.showError(error);
  }
};

/** At the line that the cursor stands on, if it is in that file. */
export const openInEditor = (
  { cursor, source }: ReviewScope,
  path: string,
  showError: (error: unknown) => void,
): void => {
  const chosen = cursor.chosen();
  const line = chosen?.path === path && chosen.side === 'after' ? chosen.from : 1;
  source.openInEditor(path, line).catch(showError);
};
