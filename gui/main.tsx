import { render } from 'preact';
import { App } from './app.tsx';
import { startClock } from './clock.ts';
import { followDashboard } from './follow-dashboard.ts';
import { followKeyboard } from './keyboard.ts';
import { arrive, leadOn } from './moving.ts';
import { applyPreferences } from './preferences.ts';
import { followAddress } from './route.ts';
import { watchAttention } from './watch-attention.ts';

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
