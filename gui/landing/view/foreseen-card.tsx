import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { ConflictingFile, LandingPreview } from '../../../actors/protocol/gateway/landing-routes.ts';
import { Icon } from '../../components/icon.tsx';
import { plainLine } from '../../state/plain-text.ts';

const mostShown = 5;

/** What would conflict, with the branch and with other sessions: compared in memory, before anything is tried. */
export const ForeseenCard = ({ preview }: { readonly preview: LandingPreview }) => {
  const { base, sessions } = preview.foreseen;
  const clean = sessions.filter(({ files }) => files.length === 0);
  const onto = plainLine(preview.onto);
  return (
    <section class="card" aria-label="Conflicts, foreseen">
      <header class="card-head">
        <h2>Conflicts, foreseen</h2>
        <span class="card-end">{sessions.length + 1} compared · nothing was tried yet</span>
      </header>
      <div class="card-row">
        <Icon name={base.length === 0 ? 'check' : 'warning'} class={base.length === 0 ? 'says-good' : 'says-warn'} />
        <p>
          {base.length === 0 ? 'None with' : 'With'} <strong>{onto}</strong>
        </p>
        <span class="card-end">
          {base.length > 0 ? counted(base.length, 'file') : `${counted(preview.commits, 'commit')} ahead`}
        </span>
        {base.length > 0 && <Files files={base} then={`Landing gives it back to its agent, to rebase onto ${onto}.`} />}
      </div>
      {sessions
        .filter(({ files }) => files.length > 0)
        .map(({ id, name, files }) => (
          <div key={id} class="card-row">
            <Icon name="warning" class="says-warn" />
            <p>
              With <strong>{plainLine(name)}</strong>, if that lands first
            </p>
            <span class="card-end">{counted(files.length, 'file')}</span>
            <Files files={files} then="Whoever lands second is given it back." />
          </div>
        ))}
      {clean.length > 0 && (
        <div class="card-row">
          <Icon name="check" class="says-good" />
          <p>
            None with{' '}
            {clean.slice(0, mostShown).map(({ id, name }, index) => (
              <span key={id}>
                {index > 0 && ', '}
                <strong>{plainLine(name)}</strong>
              </span>
            ))}
            {clean.length > mostShown && ` and ${clean.length - mostShown} more`}
          </p>
        </div>
      )}
    </section>
  );
};

const Files = ({ files, then }: { readonly files: readonly ConflictingFile[]; readonly then: string }) => (
  <p class="card-sub">
    {files.slice(0, mostShown).map(({ path, words }) => (
      <span key={path}>
        <code>{plainLine(path)}</code>
        {words === null ? '. ' : ` ${plainLine(words)}. `}
      </span>
    ))}
    {files.length > mostShown && `And ${files.length - mostShown} more. `}
    {then}
  </p>
);
