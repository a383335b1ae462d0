import { useMemo, useState } from 'preact/hooks';
import { counted } from '../../actors/protocol/facts/counted.ts';
import type { DescribedSetup, RepositorySetupAnswer } from '../../actors/protocol/gateway/check-routes.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { Keys } from '../components/keys.tsx';
import { RuntimeGone } from '../components/runtime-gone.tsx';
import { useMainKey } from '../components/use-main-key.ts';
import { DiffLines } from '../session/items/diff-lines.tsx';
import { lineDiff } from '../session/text/line-diff.ts';
import { PlainText } from '../session/text/plain-text.tsx';
import { visibleLine, visibleText } from '../session/text/visible.ts';
import type { SetupQuestionProps } from '../shell/late-views.ts';
import { useWindow } from '../shell/window-scope.ts';
import { sentencesOf } from '../state/sentence.ts';
import { setupCalls } from './setup-calls.ts';
import { setupParts, shortHash, wrongLines } from './setup-words.ts';

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** What a repository wants to have run, asked once for each content of its file: nothing of it runs before. */
export const SetupQuestion = ({ setup, path, base, isStart, onDecided, onClose }: SetupQuestionProps) => {
  const { connection } = useWindow();
  const call = useMemo(() => setupCalls(connection.callOf), [connection]);
  const { before, hash, offered, standing } = setup;
  const [isRead, setIsRead] = useState(false);
  /** A changed one is shown as what changed, until somebody wants to agree to it. */
  const [isDetailed, setIsDetailed] = useState(before === null);
  const [approvals, setApprovals] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const name = visibleLine(setup.repository.split(/[\\/]/u).findLast((part) => part !== '') ?? setup.repository);
  const isBroken = offered === null || hash === null;
  const then = isStart ? ' and start' : '';

  const decide = async (agreed: boolean): Promise<void> => {
    if (busy) return;
    if (hash === null) return onDecided();
    setBusy(true);
    try {
      await call('agreeToSetup', {
        body: { path, hash, agreed, approvals: agreed && approvals, ...(base && { base }) },
      });
      onDecided();
    } catch (error) {
      setProblem(sentencesOf(error));
      setBusy(false);
    }
  };
  const isChanged = before !== null && !isBroken;
  const agreesFirst = !isBroken && isDetailed;

  useMainKey(() => void decide(agreesFirst));

  const title = isBroken
    ? `${name}’s setup has ${counted(setup.errors.length, 'error')}`
    : isChanged && !isDetailed
      ? `${name}’s setup has changed`
      : standing === 'agreed'
        ? `${name}’s setup`
        : `${name} brings its own setup`;

  return (
    <Dialog title={title} size="large" onClose={onClose} class="setup-question">
      {isBroken ? (
        <Wrong setup={setup} />
      ) : isChanged && !isDetailed ? (
        <Changed setup={setup} before={before} />
      ) : (
        <Offered setup={setup} offered={offered} approvals={approvals} setApprovals={setApprovals} />
      )}
      {isRead && setup.texts.map(({ file, text }) => <Read key={file} file={file} text={text} />)}
      {problem !== null && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      <RuntimeGone />
      <footer class="dialog-foot">
        <p class="quiet foot-note">{hash !== null && <>content {shortHash(hash)}</>}</p>
        <Button look="bare" aria-expanded={isRead} onClick={() => setIsRead(!isRead)}>
          Read the file
        </Button>
        {agreesFirst ? (
          <>
            {standing !== 'agreed' && (
              <Button tellsRuntime onClick={() => void decide(false)}>
                {isChanged ? 'Keep the old one' : isStart ? 'Start without it' : 'Do without it'}
              </Button>
            )}
            {standing === 'agreed' ? (
              <Button onClick={() => void decide(false)} tellsRuntime>
                Take the agreement back
              </Button>
            ) : (
              <Button look="primary" tellsRuntime busy={busy} onClick={() => void decide(true)}>
                Agree{then} <Keys of="Mod+Enter" />
              </Button>
            )}
          </>
        ) : (
          <>
            {!isBroken && <Button onClick={() => setIsDetailed(true)}>Agree to it…</Button>}
            <Button look="primary" tellsRuntime busy={busy} onClick={() => void decide(false)}>
              {isBroken ? (isStart ? 'Start without it' : 'Close') : 'Keep the old one'} <Keys of="Mod+Enter" />
            </Button>
          </>
        )}
      </footer>
    </Dialog>
  );
};

const FileNames = ({ setup }: { readonly setup: RepositorySetupAnswer }) => (
  <>
    {setup.texts.map(({ file }, index) => (
      <span key={file}>
        {index > 0 && ' and '}
        <code>{visibleLine(file)}</code>
      </span>
    ))}
  </>
);

type OfferedProps = {
  readonly setup: RepositorySetupAnswer;
  readonly offered: DescribedSetup;
  readonly approvals: boolean;
  readonly setApprovals: (agreed: boolean) => void;
};

const Offered = ({ setup, offered, approvals, setApprovals }: OfferedProps) => {
  const wish = offered.approvals;
  return (
    <>
      <p>
        <FileNames setup={setup} /> {setup.texts.length === 1 ? 'says' : 'say'} what runs for each session.{' '}
        {setup.standing === 'agreed'
          ? 'You have agreed to it; you are asked again when it changes.'
          : 'Nothing of it runs before you agree; you are asked again when it changes.'}
      </p>
      <div class="card">
        <dl class="fact-list">
          {setupParts(offered, setup.copies).map(({ title, codes, more }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>
                {codes.map((code, index) => (
                  <span key={code}>
                    {index > 0 && ' · '}
                    {title === 'Sets' || title === 'Failed checks' ? (
                      visibleLine(code)
                    ) : (
                      <code>{visibleLine(code)}</code>
                    )}
                  </span>
                ))}
                {more !== null && <span class="quiet"> {visibleLine(more)}</span>}
              </dd>
            </div>
          ))}
          {wish !== null && wish !== 'ask' && (
            <div>
              <dt>Approvals</dt>
              <dd>
                <Icon name="warning" class="says-warn setup-asks" />{' '}
                {wish === 'allow' ? 'wants everything allowed without asking' : 'wants everything refused that asks'}
                <label class="setup-wish">
                  <input
                    type="checkbox"
                    checked={approvals}
                    onChange={({ currentTarget }) => setApprovals(currentTarget.checked)}
                  />
                  {wish === 'allow' ? 'allow it' : 'do so'}
                </label>
              </dd>
            </div>
          )}
        </dl>
      </div>
      <p class="asked-note setup-note">
        Commands run as you, with your environment and <code>THROUGHLINE_PORT</code>, not in a sandbox.
        {setup.uncommitted && ' Your checkout has another one that is not committed: it is not used.'}
      </p>
    </>
  );
};

type ChangedProps = {
  readonly setup: RepositorySetupAnswer;
  readonly before: NonNullable<RepositorySetupAnswer['before']>;
};

const Changed = ({ setup, before }: ChangedProps) => (
  <>
    <p>You agreed to an older one on {day.format(before.at)}.</p>
    {[...new Set([...before.texts, ...setup.texts].map(({ file }) => file))].map((file) => {
      const textIn = (texts: RepositorySetupAnswer['texts']): string =>
        texts.find((one) => one.file === file)?.text ?? '';
      const { hunks } = lineDiff(textIn(before.texts), textIn(setup.texts));
      return (
        hunks.length > 0 && (
          <div key={file} class="setup-file">
            <p class="quiet">
              <code>{visibleLine(file)}</code>
            </p>
            <DiffLines hunks={hunks} label={`What changed in ${visibleLine(file)}`} />
          </div>
        )
      );
    })}
    <p class="asked-note setup-note">Until you agree, sessions start with the one you know.</p>
  </>
);

const Wrong = ({ setup }: { readonly setup: RepositorySetupAnswer }) => (
  <>
    {[...new Set(setup.errors.map(({ file }) => file))].map((file) => (
      <div key={file} class="setup-file">
        <p class="quiet">
          <code>{visibleLine(file)}</code>
        </p>
        <div class="setup-lines">
          {wrongLines(
            setup.texts.find((one) => one.file === file)?.text ?? '',
            setup.errors.filter((error) => error.file === file),
          ).map(({ line, text, errors }) => (
            <div key={line} class={errors.length > 0 ? 'setup-line is-wrong' : 'setup-line'}>
              <span class="quiet numbers">{line}</span>
              <code>{visibleText(text)}</code>
              {errors.map((said) => (
                <p key={said}>
                  <Icon name="close" class="says-bad" /> {visibleLine(said)}
                </p>
              ))}
            </div>
          ))}
        </div>
      </div>
    ))}
    <p class="asked-note setup-note">While it has errors nothing of it is used: no file is copied, nothing runs.</p>
  </>
);

const Read = ({ file, text }: { readonly file: string; readonly text: string }) => (
  // biome-ignore lint/a11y/useSemanticElements: a text, not fields
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached with the keyboard
  <div class="tail setup-text" role="group" aria-label={visibleLine(file)} tabIndex={0}>
    <p class="tail-above">{visibleLine(file)}</p>
    <PlainText text={text} />
  </div>
);
