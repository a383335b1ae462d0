import { useState } from 'preact/hooks';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Field } from '../components/field.tsx';
import { Keys } from '../components/keys.tsx';
import { RuntimeGone } from '../components/runtime-gone.tsx';
import { useMainKey } from '../components/use-main-key.ts';
import { useWindow } from '../shell/window-scope.ts';
import { plainLine } from '../state/plain-text.ts';
import { sentencesOf } from '../state/sentence.ts';
import { isAfterAllRuns, spokenName } from '../state/snapshot-words.ts';
import { useWork } from './use-work.ts';

export type ForkDialogProps = {
  readonly row: DashboardRow;
  /** The snapshot it begins as; null: the last one. */
  readonly snapshot: number | null;
  /** The event before which it begins, in place of a snapshot. */
  readonly before: { readonly run: number; readonly seq: number } | null;
  readonly onClose: () => void;
};

/** A new session that begins as another was; that one stays as it is. */
export const ForkDialog = ({ row, snapshot, before, onClose }: ForkDialogProps) => {
  const { actions, connection } = useWindow();
  const { work, failure } = useWork(row.id);
  const [prompt, setPrompt] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const snapshots = work.value?.snapshots ?? [];
  const [at, setAt] = useState<number | null>(snapshot);
  const from = snapshots.find((kept) => kept.snapshot === at) ?? (at === null ? snapshots.at(-1) : undefined);

  // Of a conversation in its midst no agent has a fork.
  const isAll =
    before === null && (work.value === null || from === undefined || isAfterAllRuns(work.value, from, row.runCount));

  const fork = async (): Promise<void> => {
    if (busy) return;
    if (prompt.trim() === '') return setProblem('Say what it is to do.');
    setBusy(true);
    try {
      const { id } = await connection.call('startSession', {
        body: {
          prompt,
          repository: row.repository,
          agent: row.agent,
          forkOf: row.id,
          ...(before !== null ? { forkAt: before } : from === undefined ? {} : { forkAt: { snapshot: from.snapshot } }),
        },
      });
      onClose();
      actions.openSession(id);
    } catch (error) {
      setProblem(sentencesOf(error));
      setBusy(false);
    }
  };

  useMainKey(() => void fork());

  return (
    <Dialog title={`Fork ${plainLine(row.name)}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void fork();
        }}
      >
        <p>
          A new session; this one stays as it is. Its files are those of{' '}
          <strong>
            {before !== null
              ? `the last snapshot before event ${before.run}:${before.seq}`
              : from === undefined
                ? 'the last snapshot'
                : spokenName(from)}
          </strong>
          .
        </p>
        <div class="fork-words">
          {before === null && snapshots.length > 1 && (
            <Field label="Begin from">
              {(props) => (
                <select
                  {...props}
                  class="input"
                  value={String(from?.snapshot ?? '')}
                  onChange={({ currentTarget }) => setAt(Number(currentTarget.value))}
                >
                  {snapshots.toReversed().map((kept) => (
                    <option key={kept.snapshot} value={String(kept.snapshot)}>
                      {spokenName(kept)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <Field label="What should it do instead?" problem={problem}>
            {(props) => (
              <textarea
                {...props}
                class="input prompt-input"
                rows={4}
                autofocus
                value={prompt}
                onInput={({ currentTarget }) => {
                  setPrompt(currentTarget.value);
                  setProblem(null);
                }}
              />
            )}
          </Field>
        </div>
        {failure.value !== null && <p class="field-problem">{sentencesOf(failure.value)}</p>}
        <p class="asked-note">
          {isAll
            ? 'It knows all that was said: by its agent’s own conversation where its agent can fork that, else by a recap from the log.'
            : 'It knows what was said until then, by a recap from the log.'}{' '}
          What was not committed then is not committed there.
        </p>
        <RuntimeGone />
        <footer class="dialog-foot">
          <Button onClick={onClose}>
            Cancel <Keys of="Esc" />
          </Button>
          <Button look="primary" icon="fork" type="submit" busy={busy} tellsRuntime>
            Fork and start <Keys of="Mod+Enter" />
          </Button>
        </footer>
      </form>
    </Dialog>
  );
};
