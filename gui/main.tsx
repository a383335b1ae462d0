import { render } from 'preact';
import { App } from './app.tsx';
import { startClock } from './clock.ts';
import { followAddress } from './route.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element #root');

followAddress();
startClock();
render(<App />, root);
