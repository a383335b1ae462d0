/** What the window loads of landing, when it is opened: see `late-views.ts`. */
export { LandingView } from './landing-view.tsx';
export { QueueView } from './queue-view.tsx';
