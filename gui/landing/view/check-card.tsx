import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import { useSurroundings } from '../../components/surroundings.ts';
import { PlainText } from '../../session/text/plain-text.tsx';
import { plainLine } from '../../state/plain-text.ts';
import { type CheckLine, isFailing, isRunning, spentWords, standingWords } from '../model/check-lines.ts';
import { lastLines } from '../model/last-lines.ts';

export type CheckCardProps = {
  readonly title: string;
  readonly about?: string;
  readonly lines: readonly CheckLine[];
  /** What each running command said, by its id. */
  readonly tails: ReadonlyMap<string, string>;
  /** What is to be known of the setup that they are of; null: nothing. */
  readonly note: string | null;
  /** Looks at that setup. */
  readonly look: () => void;
  readonly run: () => void;
  readonly stop: (commandId: string) => void;
  readonly send: (commandId: string) => void;
  /** Whether what failed is the main thing of the face. */
  readonly isMain: boolean;
};

const linesShown = 6;

/** The repository's own commands, how each ended, and the end of what it said. */
export const CheckCard = ({ title, about, lines, note, look, run, ...rest }: CheckCardProps) => {
  const isAny = lines.some(isRunning);
  const hasRun = lines.some(({ last }) => last !== null);
  return (
    <section class="card" aria-label={title}>
      <header class="card-head">
        <h2>{title}</h2>
        {about && <span class="quiet one-line">{about}</span>}
        {lines.length > 0 && (
          <span class="card-end">
            <Button look="bare" tellsRuntime disabled={isAny} onClick={run}>
              {hasRun ? 'Run again' : 'Run'} <Keys of="R" />
            </Button>
          </span>
        )}
      </header>
      {lines.map((line) => (
        <Check key={line.name} line={line} {...rest} />
      ))}
      {note !== null && (
        <footer class="card-foot">
          <span>{note}</span>
          <Button onClick={look}>Look at it…</Button>
        </footer>
      )}
    </section>
  );
};

type CheckProps = Pick<CheckCardProps, 'tails' | 'stop' | 'send' | 'isMain'> & { readonly line: CheckLine };

const Check = ({ line, tails, stop, send, isMain }: CheckProps) => {
  const { last } = line;
  const [fails, runs] = [isFailing(line), isRunning(line)];
  const said = last === null ? '' : (last.output?.text ?? tails.get(last.commandId) ?? '');
  const name = plainLine(line.name);
  return (
    <>
      <div class="card-row" aria-busy={runs}>
        <Mark line={line} />
        <p>
          {fails ? (
            <strong>
              {name} {standingWords(line)}
            </strong>
          ) : (
            <>
              {name}
              <span class="visually-hidden"> {standingWords(line)}</span>
            </>
          )}{' '}
          <code class="quiet">{plainLine(line.command)}</code>
        </p>
        <span class="card-end">
          <Spent line={line} />
          {runs && last !== null && (
            <Button look="bare" tellsRuntime onClick={() => stop(last.commandId)} label={`Stop ${name}`}>
              Stop
            </Button>
          )}
        </span>
      </div>
      {(runs || fails) && said.trim() !== '' && <Tail text={said} label={`The end of what ${name} said`} />}
      {fails && last !== null && (
        <footer class="card-foot">
          <span>
            Attempt {last.attempt}
            {line.tries !== null && ` of ${line.tries}`}
          </span>
          <Button
            look={isMain ? 'primary' : 'quiet'}
            icon="send"
            tellsRuntime
            onClick={() => send(last.commandId)}
            title={`Gives the agent the end of what ${name} said`}
          >
            Send to the agent <Keys of="G" />
          </Button>
        </footer>
      )}
    </>
  );
};

/** The last lines; how many are above is said. */
export const Tail = ({
  text,
  label,
  most = linesShown,
}: {
  readonly text: string;
  readonly label: string;
  readonly most?: number;
}) => {
  const { text: end, above } = lastLines(text, most);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached with the keyboard
    <div class="tail" role="group" aria-label={label} tabIndex={0}>
      {above > 0 && <p class="tail-above">… {above.toLocaleString()} lines above</p>}
      <PlainText text={end} />
    </div>
  );
};

const Mark = ({ line }: { readonly line: CheckLine }) => {
  if (isRunning(line)) return <Icon name="play" class="says-now" />;
  if (isFailing(line)) return <Icon name="close" class="says-bad" />;
  return line.last?.outcome === 'passed' ? (
    <Icon name="check" class="says-good" />
  ) : (
    <Icon name="minus" class="quiet" />
  );
};

const Spent = ({ line }: { readonly line: CheckLine }) => {
  const { now } = useSurroundings().clock;
  const { last, usualMs } = line;
  if (last === null) return <>not run yet</>;
  if (last.endedAt !== null) return <>{`${standingWords(line)} · ${spentWords(last.endedAt - last.at)}`}</>;
  const spent = spentWords(now.value - last.at);
  return <>{usualMs === null ? spent : `${spent} of about ${spentWords(usualMs)}`}</>;
};
