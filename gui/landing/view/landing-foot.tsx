import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import type { FootWords } from '../model/foot-words.ts';

export type LandingFootProps = {
  readonly words: FootWords;
  readonly busy: boolean;
  readonly canCommit: boolean;
  readonly land: () => void;
  readonly queue: () => void;
  readonly commit: () => void;
};

/** One sentence of how it stands, and what can be done. */
export const LandingFoot = ({ words, busy, canCommit, land, queue, commit }: LandingFootProps) => {
  const { look, strong, more, landing } = words;
  return (
    <footer class="landing-foot">
      {look !== 'fine' && <Icon name="warning" class="says-warn" />}
      <p aria-live="polite">
        {strong !== null && <strong>{strong} </strong>}
        <span class="quiet">{more}</span>
      </p>
      {canCommit && (
        <Button tellsRuntime disabled={busy} onClick={commit}>
          Commit only
        </Button>
      )}
      <Button tellsRuntime disabled={busy || landing === null} onClick={queue}>
        Add to the queue <Keys of="Q" />
      </Button>
      <Button
        look={look === 'fine' ? 'primary' : 'quiet'}
        icon="land"
        tellsRuntime
        busy={busy}
        disabled={landing === null}
        onClick={land}
      >
        {landing ?? 'Land'} <Keys of="Mod+Enter" />
      </Button>
    </footer>
  );
};
