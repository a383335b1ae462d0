/**
 * Runs the same suite against real agents, driven by a scripted model, and ends with one line: `N passed, N failed`.
 *
 *   npm run test:agents               the light ones, as before every change
 *   npm run test:agents -- AGENT…     these; `all` is every one
 *   npm run test:agents -- --probe AGENT [--announce fs,terminal] [--record FOLDER]
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { realAgents } from './agents.ts';
import { checkAgent } from './check-agent.ts';
import { installAgent } from './install.ts';
import type { RealAgent } from './known/real-agent.ts';
import { probeAgent } from './probe.ts';

const print = (line: string): void => console.log(line);

const agentNamed = (name: string): RealAgent => {
  const agent = realAgents.find((candidate) => candidate.name === name);
  if (agent !== undefined) return agent;
  console.error(`no agent is called "${name}"; there are ${realAgents.map((known) => known.name).join(', ')}`);
  process.exit(2);
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    probe: { type: 'string' },
    announce: { type: 'string', default: '' },
    record: { type: 'string' },
  },
});

if (values.probe !== undefined) {
  const announced = values.announce.split(',');
  await probeAgent(await installAgent(agentNamed(values.probe), print), {
    announce: { fs: announced.includes('fs'), terminal: announced.includes('terminal') },
    record: values.record,
    print,
  });
  process.exit(0);
}

if (!existsSync('/proc/self/environ')) {
  console.error('the suite finds the processes of agents in /proc, so it needs Linux; --probe runs everywhere');
  process.exit(2);
}

// Ctrl-C ends by process.exit, so that what was started is ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const wanted = positionals.includes('all')
  ? realAgents
  : positionals.length === 0
    ? realAgents.filter(({ isLight }) => isLight)
    : positionals.map(agentNamed);
const begun = Date.now();
let [passed, failed] = [0, 0];
for (const agent of wanted) {
  try {
    const installed = await installAgent(agent, print);
    const report = await checkAgent(installed, print);
    passed += report.passed;
    failed += report.failed;
  } catch (error) {
    failed += 1;
    print(`FAIL ${agent.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
print(
  `\n${wanted.map(({ name, version }) => `${name} ${version}`).join(', ')} in ${Math.round((Date.now() - begun) / 1000)} s`,
);
print(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
