/** What a person can do, wherever it is started from: a key, a menu, the palette. */
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { MenuItem } from '../components/menu.tsx';
import type { Toasts } from '../components/toast.tsx';
import type { Call } from '../connection/api.ts';
import { isActive } from '../state/dashboard-state.ts';
import { plainLine } from '../state/plain-text.ts';
import { sentencesOf } from '../state/sentence.ts';
import type { Navigation } from './navigation.ts';
import type { EventAddress } from './route.ts';
import type { Store, WorkQuestion } from './store.ts';

export type Actions = {
  readonly openSession: (id: string) => void;
  /** Opens the inspector, at an event or at the end. */
  readonly inspectSession: (id: string, at?: EventAddress | null) => void;
  /** Opens what the session changed. */
  readonly reviewSession: (id: string) => void;
  readonly closeSession: () => void;
  readonly interruptSession: (row: DashboardRow) => void;
  readonly resumeSession: (row: DashboardRow) => void;
  /** Continues several that were restored, one after the other, and says which of them were refused, and why. */
  readonly resumeAll: (rows: readonly DashboardRow[]) => Promise<void>;
  readonly openWorktree: (row: DashboardRow) => void;
  readonly copyText: (text: string, what: string) => void;
  /** Asks before files are put back, or a session is forked. */
  readonly ask: (question: WorkQuestion) => void;
  /** Everything that can be done with one session. */
  readonly sessionMenu: (row: DashboardRow) => readonly MenuItem[];
};

export type ActionsDependencies = {
  readonly call: Call;
  readonly navigation: Navigation;
  readonly store: Store;
  readonly toasts: Toasts;
};

export const focusList = (): void => document.getElementById('sessions')?.focus();
export const focusFilter = (): void => document.getElementById('filter')?.focus();

/** Whether a run is really under way; a restored session only looks like it. */
export const isUnderWay = (row: DashboardRow): boolean => isActive(row) && !row.restored;

export const createActions = ({ call, navigation, store, toasts }: ActionsDependencies): Actions => {
  const { navigate } = navigation;
  const { isStale, openedId, overlay, selectedId } = store;
  const { showError, showToast } = toasts;

  const openSession = (id: string): void => {
    selectedId.value = id;
    navigate({ kind: 'session', id, at: null });
  };

  const inspectSession = (id: string, at: EventAddress | null = null): void => {
    selectedId.value = id;
    navigate({ kind: 'inspect', id, at });
  };

  const reviewSession = (id: string): void => {
    selectedId.value = id;
    navigate({ kind: 'review', id, range: null });
  };

  const closeSession = (): void => {
    if (openedId.value !== null) navigate({ kind: 'dashboard' });
    requestAnimationFrame(focusList);
  };

  const interruptSession = (row: DashboardRow): void => {
    call('interrupt', { parameters: { id: row.id }, body: {} })
      .then(() => showToast({ text: 'Asked the agent to stop.' }))
      .catch(showError);
  };

  const resumeSession = (row: DashboardRow): void => {
    call('resume', { parameters: { id: row.id }, body: {} })
      .then(() => openSession(row.id))
      .catch(showError);
  };

  const resumeAll = async (rows: readonly DashboardRow[]): Promise<void> => {
    const refused: string[] = [];
    for (const row of rows) {
      await call('resume', { parameters: { id: row.id }, body: {} }).catch((error: unknown) => {
        refused.push(`${plainLine(row.name)}: ${sentencesOf(error)}`);
      });
    }
    const done = rows.length - refused.length;
    const text = `Continued ${done.toLocaleString()} of ${rows.length.toLocaleString()}.`;
    if (refused.length === 0) showToast({ text });
    else showToast({ text: `${text} Not ${refused.join(' Not ')}`, tone: 'bad' });
  };

  const archiveSession = (row: DashboardRow, archived: boolean): void => {
    const told = (value: boolean) => call('archive', { parameters: { id: row.id }, body: { archived: value } });
    told(archived)
      .then(() =>
        showToast({
          text: archived ? `Archived ${plainLine(row.name)}.` : `${plainLine(row.name)} is in the list again.`,
          action: { label: 'Undo', run: () => void told(!archived).catch(showError), undoes: true },
        }),
      )
      .catch(showError);
  };

  const openWorktree = (row: DashboardRow): void => {
    call('openWorktree', { parameters: { id: row.id }, body: {} })
      .then(() => showToast({ text: 'The worktree opens in your file manager.' }))
      .catch(showError);
  };

  const copyText = (text: string, what: string): void => {
    navigator.clipboard
      .writeText(text)
      .then(() => showToast({ text: `Copied the ${what}.` }))
      .catch(showError);
  };

  /** What is asked of the runtime: while that is gone it cannot be chosen, and says why. */
  const toldToRuntime = (item: Exclude<MenuItem, 'line'>): MenuItem =>
    isStale.value ? { ...item, disabled: true, detail: 'runtime gone' } : item;

  const sessionMenu = (row: DashboardRow): readonly MenuItem[] => {
    const { branch, path } = row.worktree;
    return [
      { label: 'Open', icon: 'document', detail: 'Enter', run: () => openSession(row.id) },
      ...(row.restored && isActive(row)
        ? [toldToRuntime({ label: 'Resume', icon: 'play', run: () => resumeSession(row) })]
        : []),
      ...(isUnderWay(row)
        ? [toldToRuntime({ label: 'Interrupt', icon: 'stop', run: () => interruptSession(row) })]
        : []),
      toldToRuntime({
        label: 'Rename…',
        icon: 'pencil',
        detail: 'F2',
        run: () => (overlay.value = { kind: 'rename', id: row.id }),
      }),
      { label: 'Review', icon: 'diff', detail: 'R', run: () => reviewSession(row.id) },
      { label: 'Inspect', icon: 'inspect', detail: 'I', run: () => inspectSession(row.id) },
      { label: 'Land…', icon: 'land', detail: 'Shift L', run: () => navigate({ kind: 'land', id: row.id }) },
      'line',
      ...(path === null
        ? []
        : [toldToRuntime({ label: 'Open worktree', icon: 'folder', run: () => openWorktree(row) })]),
      { label: 'Copy path', icon: 'copy', run: () => copyText(path ?? row.repository, 'path') },
      ...(branch === null
        ? []
        : [
            { label: 'Copy branch', icon: 'branch', run: () => copyText(branch, 'branch') } as const satisfies MenuItem,
          ]),
      { label: 'Copy id', icon: 'copy', run: () => copyText(row.id, 'id') },
      'line',
      ...(isActive(row)
        ? []
        : [
            toldToRuntime({
              label: row.work.archived ? 'Take out of the archive' : 'Archive',
              icon: 'folder',
              run: () => archiveSession(row, !row.work.archived),
            }),
          ]),
      toldToRuntime({
        label: 'Remove…',
        icon: 'trash',
        danger: true,
        detail: 'Delete',
        run: () => (overlay.value = { kind: 'remove', id: row.id }),
      }),
    ];
  };

  return Object.freeze({
    openSession,
    inspectSession,
    reviewSession,
    closeSession,
    interruptSession,
    resumeSession,
    resumeAll,
    openWorktree,
    copyText,
    ask: (question) => {
      overlay.value = question;
    },
    sessionMenu,
  } satisfies Actions);
};
