/** What the window loads of a session's view, apart from its first sight: see `late-views.ts`. */
export { OpenApprovals } from './open-approvals.tsx';
export { SessionView } from './session-view.tsx';
