import type { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { programOverrides } from './program-overrides.ts';
import { gitFailure } from './run-git.ts';
import { type GitCall, type GitOutcome, spawnGit } from './spawn-git.ts';

type Place = Pick<GitCall, 'cwd' | 'environment' | 'settings'>;
type Call = Omit<GitCall, 'cwd'>;

export type SeveralGits = {
  /** As `tryGit`. */
  readonly attempt: (call: Call) => Promise<GitOutcome>;
  /** As `runGit`. */
  readonly run: (call: Call) => Promise<string>;
  /** As `run`, with what git said besides. */
  readonly runWhole: (call: Call) => Promise<GitOutcome>;
  /** As `gitFailure`. */
  readonly failure: (call: Call, outcome: GitOutcome) => ThroughlineError;
  /** The names of the filters that are configured, which are switched off with the rest. */
  readonly filters: ReadonlySet<string>;
};

/**
 * For several calls in a row at one place: what `tryGit` has listed and switched off before each call is listed once. Made
 * for a piece of work of seconds and not kept, as the configuration can change.
 *
 * Raises what `programOverrides` raises.
 */
export const severalGits = async (place: Place): Promise<SeveralGits> => {
  const overrides = await programOverrides({ ...place, arguments: [] });
  const whole = (call: Call): GitCall => ({
    ...place,
    ...call,
    settings: { ...place.settings, ...call.settings },
    environment: { ...place.environment, ...call.environment, ...overrides },
  });
  const attempt = (call: Call): Promise<GitOutcome> => spawnGit(whole(call));
  const failure: SeveralGits['failure'] = (call, outcome) => gitFailure(whole(call), outcome);
  const runWhole = async (call: Call): Promise<GitOutcome> => {
    const outcome = await attempt(call);
    if (outcome.exitCode !== 0) throw failure(call, outcome);
    return outcome;
  };
  return {
    failure,
    attempt,
    runWhole,
    run: async (call) => (await runWhole(call)).stdout,
    filters: new Set(Object.values(overrides).flatMap((value) => /^filter\.(.*)\.[^.]*$/s.exec(value)?.[1] ?? [])),
  };
};
