import type { CheckoutStanding } from '../../../actors/protocol/gateway/landing-routes.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { plainLine } from '../../state/plain-text.ts';

export type CheckoutCardProps = {
  readonly checkouts: readonly CheckoutStanding[];
  readonly onto: string;
  readonly lookAgain: () => void;
  /** Lands it as soon as nothing is in the way; null where that is no answer. */
  readonly landLater: (() => void) | null;
};

const mostFiles = 5;

/** Where the branch is checked out, and whether that can follow: if it cannot, the branch does not move. */
export const CheckoutCard = ({ checkouts, onto, lookAgain, landLater }: CheckoutCardProps) => {
  const { actions } = useWindow();
  const isInTheWay = checkouts.some(({ lets }) => !lets);
  const [only] = checkouts.length === 1 ? checkouts : [];
  return (
    <section class="card" aria-label="Your checkout">
      <header class="card-head">
        <h2>Your checkout</h2>
        {only !== undefined && (
          <code class="card-end one-line" title={plainLine(only.path)}>
            {plainLine(only.path)}
          </code>
        )}
      </header>
      {checkouts.length === 0 && (
        <div class="card-row">
          <Icon name="check" class="says-good" />
          <p>{plainLine(onto)} is checked out nowhere: nothing of yours moves</p>
        </div>
      )}
      {checkouts.map(({ lets, title, more, command, files, path }) => (
        <div key={path} class="card-row">
          <Icon name={lets ? 'check' : 'warning'} class={lets ? 'says-good' : 'says-warn'} />
          <p>{lets ? plainLine(title) : <strong>{plainLine(title)}</strong>}</p>
          {files.length > 0 && (
            <p class="card-sub">
              {files.slice(0, mostFiles).map((file, index) => (
                <span key={file.path}>
                  {index > 0 && ' · '}
                  <code>{plainLine(file.path)}</code> {plainLine(file.why)}
                </span>
              ))}
              {files.length > mostFiles && ` · and ${files.length - mostFiles} more`}
            </p>
          )}
          {more !== null && <p class="card-sub">{plainLine(more)}</p>}
          {command !== null && (
            <p class="card-sub">
              <code>{plainLine(command)}</code>{' '}
              <Button
                look="bare"
                icon="copy"
                label="Copy the command"
                onClick={() => actions.copyText(command, 'command')}
              />
            </p>
          )}
        </div>
      ))}
      {isInTheWay && (
        <footer class="card-foot">
          <span class="card-buttons">
            {landLater !== null && (
              <Button look="primary" icon="wait" tellsRuntime onClick={landLater}>
                Land as soon as it is out of the way
              </Button>
            )}
            <Button tellsRuntime onClick={lookAgain}>
              Look again <Keys of="R" />
            </Button>
          </span>
        </footer>
      )}
    </section>
  );
};
