/** Commits and landings as a runtime in memory has them. */
import type { LandingId, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { CommitAnswer, LandingPreview } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { LandingCommands, LandingQueries } from '../../../runtime/work/offered/landing-commands.ts';

export const landingId = '01890a5d-ac96-774b-bcce-b302099a8062' as LandingId;
const commitId = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const made: CommitAnswer = {
  commit: commitId,
  branch: 'side',
  subject: 'what was done',
  files: 1,
  additions: 2,
  deletions: 3,
  signed: false,
  hooks: 'none',
  output: '',
};

const preview: LandingPreview = {
  onto: 'main',
  tip: commitId,
  behind: 0,
  branch: 'side',
  way: 'squash',
  commits: 1,
  files: 1,
  additions: 2,
  deletions: 3,
  uncommitted: 0,
  message: 'what was done',
  trailers: [],
  agentTrailer: 'Assisted-by: rehearsal (1 run)',
  author: 'Ada Byron <ada@example.org>',
  signing: null,
  hooks: null,
  foreseen: { base: [], sessions: [] },
  checkouts: [],
  blockers: [],
};

export const memoryLanding = (
  session: SessionId,
  note: <Answer>(answer: Answer, ...call: unknown[]) => Promise<Answer>,
): LandingCommands & LandingQueries => ({
  landing: (...call) => note(preview, 'landing', ...call),
  commitWork: (...call) => note(made, 'commitWork', ...call),
  land: (...call) => note({ landings: [{ session, landingId }], plan: [] }, 'land', ...call),
  landings: () => note({ landings: [] }, 'landings'),
  arrangeLanding: (...call) => note(undefined, 'arrangeLanding', ...call),
  withdrawLanding: (...call) => note(undefined, 'withdrawLanding', ...call),
  undoLanding: (...call) =>
    note({ ref: 'refs/heads/main', commit: commitId, keptRef: 'refs/x', checkouts: [] }, 'undoLanding', ...call),
});
