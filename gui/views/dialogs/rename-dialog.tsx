import { useState } from 'preact/hooks';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { RuntimeGone } from '../../components/runtime-gone.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { sentencesOf } from '../../state/sentence.ts';

export const RenameDialog = ({ row, onClose }: { readonly row: DashboardRow; readonly onClose: () => void }) => {
  const { call } = useWindow().connection;
  const [name, setName] = useState(row.name);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (name.trim() === '') return setProblem('A session needs a name.');
    if (name.trim() === row.name) return onClose();
    setBusy(true);
    try {
      await call('rename', { parameters: { id: row.id }, body: { name: name.trim() } });
      onClose();
    } catch (error) {
      setProblem(sentencesOf(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title="Rename" onClose={onClose} size="small">
      <form onSubmit={save}>
        <Field label="Name" problem={problem}>
          {(props) => (
            <input
              {...props}
              class="input"
              value={name}
              maxLength={200}
              autofocus
              onFocus={(event) => event.currentTarget.select()}
              onInput={(event) => {
                setName(event.currentTarget.value);
                setProblem(null);
              }}
            />
          )}
        </Field>
        <RuntimeGone />
        <footer class="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy} tellsRuntime>
            Rename
          </Button>
        </footer>
      </form>
    </Dialog>
  );
};
