import { render } from 'preact';
import { App } from './app.tsx';
import { startClock } from './components/clock.ts';
import { arrive, leadOn } from './connection/moving.ts';
import { followDashboard } from './shell/follow-dashboard.ts';
import { followKeyboard } from './shell/keyboard.ts';
import { applyPreferences } from './shell/preferences.ts';
import { followAddress } from './shell/route.ts';
import { watchAttention } from './shell/watch-attention.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element #root');

const start = (): void => {
  applyPreferences();
  arrive();
  followAddress();
  followKeyboard();
  startClock();
  followDashboard();
  watchAttention();
  render(<App />, root);
};

if (!leadOn()) start();
// A browser may have kept the page as it was when it was left.
window.addEventListener('pageshow', ({ persisted }) => persisted && leadOn());
