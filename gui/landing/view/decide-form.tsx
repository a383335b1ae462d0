import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { LandingWay } from '../../../actors/protocol/facts/work-events.ts';
import type { CommitHooks, LandingPreview } from '../../../actors/protocol/gateway/landing-routes.ts';
import { DiffCounts } from '../../session/items/item-diffs.tsx';
import { plainLine } from '../../state/plain-text.ts';
import { type Decided, messageOf, partsOfMessage, wayNames, wayWords } from '../model/decided.ts';

export type DecideFormProps = {
  readonly preview: LandingPreview;
  readonly runs: number;
  readonly decided: Decided;
  readonly change: (part: Partial<Decided>) => void;
  /** Null: the message is the draft. */
  readonly draftAnew: (() => void) | null;
  readonly review: () => void;
  /** Whether a commit runs the hooks, though nobody agreed to them before. */
  readonly runsHooks: boolean;
  readonly setRunsHooks: (runs: boolean) => void;
};

const subjectRoom = 72;

/** The one that leaves least comes first. */
const ways: readonly LandingWay[] = ['squash', 'rebase', 'merge'];

const signingWords = { openpgp: 'signed with your GPG key', ssh: 'signed with your ssh key', x509: 'signed by X.509' };

/** What is decided before it lands: the way, the message; and what it is that lands. */
export const DecideForm = (props: DecideFormProps) => {
  const { preview, runs, decided, change, draftAnew, review } = props;
  const { subject, body } = partsOfMessage(decided.message);
  const trailers = [...preview.trailers, ...(decided.nameAgent ? [preview.agentTrailer] : [])];
  const { author, hooks, signing, uncommitted } = preview;
  return (
    <div class="landing-column">
      <fieldset>
        <legend class="landing-label">How it lands</legend>
        <div class="ways">
          {ways.map((way) => (
            <label key={way} class="way">
              <input type="radio" name="way" checked={decided.way === way} onChange={() => change({ way })} />
              <strong>{wayNames[way]}</strong>
              <span>{wayWords(way, preview, runs)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would put its legend into the box */}
      <div role="group" aria-label="Message">
        <span class="landing-label">
          Message <span class="quiet">drafted from the prompts, the plan and the files · yours to change</span>
        </span>
        <div class="message-box">
          <input
            aria-label="First line of the message"
            value={subject}
            onInput={({ currentTarget }) => change({ message: messageOf(currentTarget.value, body) })}
          />
          <textarea
            aria-label="The rest of the message"
            value={body}
            onInput={({ currentTarget }) => change({ message: messageOf(subject, currentTarget.value) })}
          />
          {trailers.length > 0 && <div class="message-trailers">{trailers.map(plainLine).join('\n')}</div>}
        </div>
        <div class="landing-under">
          <span class="numbers">
            First line: {subject.length} of {subjectRoom} characters
          </span>
          {draftAnew !== null && (
            <button type="button" class="link" onClick={draftAnew}>
              Draft it anew
            </button>
          )}
          <label>
            <input
              type="checkbox"
              checked={decided.nameAgent}
              onChange={({ currentTarget }) => change({ nameAgent: currentTarget.checked })}
            />
            Name the agent
          </label>
        </div>
      </div>
      <section aria-label="What lands">
        <h2 class="landing-label">What lands</h2>
        <div class="card">
          <dl class="fact-list">
            <div>
              <dt>Changes</dt>
              <dd>
                {counted(preview.files, 'file')}
                <DiffCounts added={preview.additions} removed={preview.deletions} />
                <button type="button" class="link" onClick={review}>
                  Review
                </button>
              </dd>
            </div>
            <div>
              <dt>Not committed yet</dt>
              <dd>
                {uncommitted === 0
                  ? 'Nothing: all of it is committed'
                  : `${counted(uncommitted, 'file is', 'files are')} in it: ${uncommitted === 1 ? 'it is' : 'they are'} committed with it`}
              </dd>
            </div>
            <div>
              <dt>Author</dt>
              <dd>
                {author === null ? (
                  <span class="says-warn">Git knows nobody here: set user.name and user.email</span>
                ) : (
                  plainLine(author)
                )}
                {signing !== null && `, ${signingWords[signing]}`}
              </dd>
            </div>
            {hooks !== null && (
              <div>
                <dt>Commit hooks</dt>
                <dd>
                  <HooksLine hooks={hooks} {...props} />
                </dd>
              </div>
            )}
          </dl>
        </div>
      </section>
    </div>
  );
};

type HooksLineProps = Pick<DecideFormProps, 'runsHooks' | 'setRunsHooks'> & { readonly hooks: CommitHooks };

/** Hooks are programs of the repository: they run when the person has agreed to their content. */
const HooksLine = ({ hooks: { agreed, folder, names }, runsHooks, setRunsHooks }: HooksLineProps) => {
  const all = names.map(plainLine).join(', ');
  const [does, has] = names.length === 1 ? ['does', 'it'] : ['do', 'them'];
  if (agreed)
    return (
      <>
        {all} of {plainLine(folder)}: you have agreed to {has}
      </>
    );
  return (
    <>
      <code>{all}</code> of <code>{plainLine(folder)}</code> {does} not run: you have not agreed to {has}
      <label class="setup-wish">
        <input
          type="checkbox"
          checked={runsHooks}
          onChange={({ currentTarget }) => setRunsHooks(currentTarget.checked)}
        />
        Agree, and run {has} with “Commit only”
      </label>
    </>
  );
};
