import type { DescribedSetup } from '../../actors/protocol/gateway/check-routes.ts';
import type { Setup } from '../setup/setup-schema.ts';

/** A setup as the window and the command line are told of it. */
export const describeSetup = (setup: Setup): DescribedSetup => ({
  setup: setup.setup,
  checks: Object.entries(setup.checks).map(([name, check]) => ({ name, ...check, when: [...check.when] })),
  teardown: setup.teardown,
  copy: setup.copy,
  agent: setup.agent ?? null,
  base: setup.base ?? null,
  approvals: setup.approvals ?? null,
  landing: {
    how: setup.landing.how ?? null,
    checks: setup.landing.checks ?? null,
    branch: setup.landing.branch ?? null,
  },
  touches: setup.touches,
});
