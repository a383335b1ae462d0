import type { ComponentChildren } from 'preact';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { visibleLine } from '../../session/text/visible.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { type Standing, standsBefore } from '../model/before-landing.ts';
import { type ReviewScope, useReview } from '../state/review-context.ts';

/** What stands before landing, of a session as its row is now. */
export const standingNow = ({ before, unexpected }: ReviewScope, row: DashboardRow): readonly Standing[] =>
  standsBefore(row.work, before.known.value, unexpected.value.size);

/** What is known that stands before landing; what was never tried is told as that. */
export const BeforeLanding = ({ row }: { readonly row: DashboardRow }) => {
  const scope = useReview();
  const standing = standingNow(scope, row);
  const isKnown = scope.before.known.value !== null;
  return (
    <section class="pane-part" aria-label="Before landing">
      <div class="pane-title">
        <h2>Before landing</h2>
      </div>
      <ul>
        {standing.map((each, index) => (
          <StandingRow key={index} standing={each} />
        ))}
        {isKnown && standing.every(({ kind }) => kind === 'passed') && (
          <Line icon="check" look="good">
            Nothing stands in the way.
          </Line>
        )}
      </ul>
    </section>
  );
};

const StandingRow = ({ standing }: { readonly standing: Standing }) => {
  switch (standing.kind) {
    case 'passed':
    case 'running':
    case 'failed':
      return <CheckRow standing={standing} />;
    case 'not_run':
      return <NotRun />;
    case 'conflict':
      return (
        <Line icon="warning" look="warn">
          Conflicts with <em>{visibleLine(standing.with)}</em>
          {standing.first && ', if that lands first,'} in {counted(standing.files, 'file')}
        </Line>
      );
    case 'outside':
      return (
        <Line icon="warning" look="warn">
          {counted(standing.files, 'file is', 'files are')} not among those that sessions are meant to change
        </Line>
      );
    case 'comments':
      return (
        <Line icon="comment" look="accent">
          {counted(standing.count, 'comment is', 'comments are')} not sent
        </Line>
      );
  }
};

const checkIcons = { passed: 'check', running: 'play', failed: 'close' } as const;
const checkLooks = { passed: 'good', running: 'quiet', failed: 'bad' } as const;
const checkWords = { passed: 'passes', running: 'is running', failed: 'fails' } as const;

type CheckStanding = Extract<Standing, { readonly check: string }>;

const CheckRow = ({ standing: { kind, check } }: { readonly standing: CheckStanding }) => {
  const { before, source } = useReview();
  const { toasts } = useWindow();
  const commandId = kind === 'failed' ? before.known.value?.commandIds.get(check) : undefined;
  const send = (id: string): void =>
    void source
      .sendCheck(id)
      .then(() => toasts.showToast({ text: 'Its agent has the end of the output.' }), toasts.showError);
  return (
    <Line
      icon={checkIcons[kind]}
      look={checkLooks[kind]}
      {...(commandId === undefined ? {} : { way: { words: 'Send to the agent', go: () => send(commandId) } })}
    >
      {visibleLine(check)} {checkWords[kind]}
    </Line>
  );
};

const NotRun = () => {
  const { source } = useReview();
  const { toasts } = useWindow();
  const run = (): void => void source.runChecks().catch(toasts.showError);
  return (
    <Line icon="minus" look="quiet" way={{ words: 'Run', go: run }}>
      Checks have not run
    </Line>
  );
};

type LineProps = {
  readonly icon: IconName;
  readonly look: 'good' | 'quiet' | 'warn' | 'bad' | 'accent';
  readonly children: ComponentChildren;
  /** What can be done about it. */
  readonly way?: { readonly words: string; readonly go: () => void };
};

const Line = ({ icon, look, children, way }: LineProps) => (
  <li class="pane-row">
    <Icon name={icon} class={look} />
    <span>{children}</span>
    {way !== undefined && (
      <button type="button" class="link" onClick={way.go}>
        {way.words}
      </button>
    )}
  </li>
);
