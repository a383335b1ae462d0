import { useSignal } from '@preact/signals';
import { pullRequestWords } from '../../../actors/model/work/work-notes.ts';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { PullRequestState } from '../../../actors/protocol/facts/work-events.ts';
import type { Feedback, PullRequestAnswer } from '../../../actors/protocol/gateway/origin-routes.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { OutwardLink } from '../../session/text/outward-link.tsx';
import { plainLine } from '../../state/plain-text.ts';
import { sentencesOf } from '../../state/sentence.ts';
import type { LandingSource } from '../state/landing-source.ts';

export type OriginCardProps = {
  readonly source: LandingSource;
  /** The session's own branch. */
  readonly branch: string | null;
  readonly pushed: { readonly remote: string; readonly branch: string } | null;
  readonly pullRequest: PullRequestState | null;
  readonly told: (words: string) => void;
};

const mostFeedback = 8;

/** The other way out: its own branch is pushed, and a pull request asked for where `gh` is there. */
export const OriginCard = ({ source, branch, pushed, pullRequest, told }: OriginCardProps) => {
  /** As `gh` told it: what a new one would say, or what others say to it. */
  const asked = useSignal<PullRequestAnswer | null>(null);
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = sentencesOf(error);
    }
    busy.value = false;
  };
  const push = (): void =>
    void attempt(async () => {
      const done = await source.push(false);
      const uncommitted =
        done.uncommitted === 0 ? '' : ` ${counted(done.uncommitted, 'file')} not committed did not go.`;
      const hook = done.hookSkipped ? ' The repository’s hook for a push did not run.' : '';
      told(`${plainLine(done.branch)} is on ${plainLine(done.remote)}.${uncommitted}${hook}`);
    });
  const ask = (): void =>
    void attempt(async () => {
      asked.value = await source.pullRequest();
    });
  const send = (feedback: readonly Feedback[]): void =>
    void attempt(async () => {
      await source.sendFeedback(feedback.map(({ id }) => id));
      told(`Its agent has ${counted(feedback.length, 'remark')} of the pull request.`);
    });

  const shown = asked.value?.pullRequest ?? pullRequest;
  const draft = asked.value !== null && shown === null ? asked.value.draft : null;
  const feedback = asked.value?.feedback ?? [];
  return (
    <section class="card" aria-label="Push and pull request" aria-busy={busy.value}>
      <header class="card-head">
        <h2>Push and pull request</h2>
        {pushed !== null && (
          <span class="card-end one-line">
            {plainLine(pushed.branch)} is on {plainLine(pushed.remote)}
          </span>
        )}
      </header>
      {shown !== null && (
        <div class="card-row">
          <Icon name="branch" class={shown.checks.failed > 0 ? 'says-bad' : 'says-now'} />
          <p>
            <strong>{plainLine(shown.title)}</strong> <OutwardLink address={shown.url} />
          </p>
          <p class="card-sub">{plainLine(pullRequestWords(shown))}</p>
        </div>
      )}
      {feedback.slice(0, mostFeedback).map((one) => (
        <div key={one.id} class="card-row">
          <Icon name={one.kind === 'check' ? 'close' : 'comment'} class={one.kind === 'check' ? 'says-bad' : 'quiet'} />
          <p>
            <strong>{plainLine(one.from)}</strong> {one.path !== null && <code>{plainLine(placeOf(one))}</code>}
          </p>
          <p class="card-sub">{plainLine(one.text)}</p>
        </div>
      ))}
      {draft !== null && (
        <RequestForm
          draft={draft}
          busy={busy.value}
          open={(request) =>
            void attempt(async () => {
              asked.value = await source.openPullRequest(request);
            })
          }
          cancel={() => {
            asked.value = null;
          }}
        />
      )}
      {problem.value !== null && (
        <p class="card-foot field-problem" role="alert">
          <span>{problem.value}</span>
        </p>
      )}
      {draft === null && (
        <footer class="card-foot">
          <span class="card-buttons">
            <Button tellsRuntime disabled={busy.value || branch === null} onClick={push}>
              Push its branch
            </Button>
            <Button tellsRuntime disabled={busy.value || branch === null} onClick={ask}>
              {shown === null ? 'Pull request…' : 'Look again'}
            </Button>
            {feedback.length > 0 && (
              <Button icon="send" tellsRuntime disabled={busy.value} onClick={() => send(feedback)}>
                Send {counted(feedback.length, 'remark')} to the agent
              </Button>
            )}
          </span>
        </footer>
      )}
    </section>
  );
};

const placeOf = ({ path, line }: Feedback): string => (line === null ? (path ?? '') : `${path}:${line}`);

type RequestFormProps = {
  readonly draft: PullRequestAnswer['draft'];
  readonly busy: boolean;
  readonly open: (request: { readonly title: string; readonly body: string; readonly draft: boolean }) => void;
  readonly cancel: () => void;
};

const RequestForm = ({ draft, busy, open, cancel }: RequestFormProps) => {
  const [title, body, isDraft] = [useSignal(draft.title), useSignal(draft.body), useSignal(false)];
  return (
    <form
      class="request-form"
      onSubmit={(event) => {
        event.preventDefault();
        open({ title: title.value, body: body.value, draft: isDraft.value });
      }}
    >
      <p class="quiet">
        From {plainLine(draft.head)}
        {draft.base !== null && ` into ${plainLine(draft.base)}`}; it is pushed first.
      </p>
      <div class="message-box">
        <input
          aria-label="Title of the request"
          value={title.value}
          onInput={(event) => {
            title.value = event.currentTarget.value;
          }}
        />
        <textarea
          aria-label="Text of the request"
          value={body.value}
          onInput={(event) => {
            body.value = event.currentTarget.value;
          }}
        />
      </div>
      <div class="card-buttons">
        <Button type="submit" tellsRuntime busy={busy} disabled={title.value.trim() === ''}>
          Push and open it
        </Button>
        <Button onClick={cancel}>Cancel</Button>
        <label class="setup-wish">
          <input
            type="checkbox"
            checked={isDraft.value}
            onChange={({ currentTarget }) => {
              isDraft.value = currentTarget.checked;
            }}
          />
          As a draft
        </label>
      </div>
    </form>
  );
};
