import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { shortLine } from '../session/text/visible.ts';
import { useWindow } from '../shell/window-scope.ts';
import { sentencesOf } from '../state/sentence.ts';
import { fileSource, type OpenedFile, readInspectionFile } from './state/file-source.ts';
import { createInspectorScope } from './state/inspector-context.ts';
import { InspectorStage } from './view/inspector-stage.tsx';

/** The steps of a file, of any session or of any other machine; nothing is asked of a runtime. */
export const FileView = () => {
  const { navigate } = useWindow().navigation;
  const leave = (): void => navigate({ kind: 'dashboard' });
  const opened = useSignal<OpenedFile | null>(null);
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);

  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    busy.value = true;
    problem.value = null;
    try {
      opened.value = await readInspectionFile(file);
    } catch (error) {
      opened.value = null;
      problem.value = sentencesOf(error);
    } finally {
      busy.value = false;
    }
  };

  const header = (
    <header class="face-head inspector-header">
      <Button look="bare" icon="back" label="Back to the sessions (Esc)" class="session-back" onClick={leave} />
      <h1 class="one-line">
        <span class="quiet">Inspector · </span>
        {shortLine(opened.value?.name ?? 'a file', 120)}
      </h1>
      <label class="button button-quiet file-chooser" aria-busy={busy.value}>
        Open a file…
        <input
          type="file"
          class="visually-hidden"
          accept=".jsonl,.ndjson,.json,application/x-ndjson"
          onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
        />
      </label>
    </header>
  );
  if (opened.value !== null)
    return <OpenedView key={opened.value.name} file={opened.value} header={header} onLeave={leave} />;
  return (
    <section class="inspector" aria-label="Inspector">
      {header}
      <EmptyState title={problem.value === null ? 'Open a run from a file' : 'This file could not be opened'}>
        <p class={problem.value === null ? undefined : 'field-problem'} role="status">
          {problem.value ??
            'A run that was exported here, or inspection events of any XState machine: JSON lines, at most 64 MB.'}
        </p>
      </EmptyState>
    </section>
  );
};

type OpenedProps = {
  readonly file: OpenedFile;
  readonly header: ReturnType<typeof Button>;
  readonly onLeave: () => void;
};

const OpenedView = ({ file, header, onLeave }: OpenedProps) => {
  const scope = useMemo(() => createInspectorScope(fileSource(file), { run: 1, seq: 1 }, null), [file]);
  return <InspectorStage scope={scope} header={header} onLeave={onLeave} />;
};
