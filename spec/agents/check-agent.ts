/** Runs the checks against one real agent: what it is given, how long it may take, and how its failures are told. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from './checks.ts';
import { describeError } from './describe-error.ts';
import { environmentFor } from './environment.ts';
import type { InstalledAgent } from './install.ts';
import type { RealAgent } from './known/real-agent.ts';
import { createModelServer } from './model-server.ts';
import { createProgram } from './program.ts';
import { createRepository } from './repository.ts';
import type { World } from './steps.ts';

const checkTimeLimitMs = 240_000;

export type Report = { readonly passed: number; readonly failed: number };

/** Runs every check against one real agent, each on its own sessions of one runtime, and prints a line for each. */
export const checkAgent = async (installed: InstalledAgent, print: (line: string) => void): Promise<Report> => {
  const { agent } = installed;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `throughline-agents-${agent.name}-`)));
  const [home, data] = [join(folder, 'home'), join(folder, 'data')];
  mkdirSync(home);
  if (agent.preset === null) configure(data, agent);
  const repository = createRepository(join(folder, 'repository'));
  const model = await createModelServer();
  const environment = environmentFor(installed, { home, modelUrl: model.url });
  const program = createProgram({ folder, data, home, environment });
  // Whatever ends this process, no agent of 700 MB outlives it.
  process.once('exit', program.dispose);
  const world: World = { agent, program, model, repository, kept: new Map() };

  let [passed, failed] = [0, 0];
  try {
    for (const { sentence, isFor, body } of checks) {
      if (isFor?.(agent) === false) continue;
      const begun = Date.now();
      const seconds = (): string => ((Date.now() - begun) / 1000).toFixed(1);
      try {
        await withinTime(sentence, body(world));
        passed += 1;
        print(`ok   ${agent.name}: ${sentence} (${seconds()} s)`);
      } catch (error) {
        failed += 1;
        print(`FAIL ${agent.name}: ${sentence} (${seconds()} s)`);
        print(indented(describeError(error)));
        print(indented(program.logTail()));
        for (const complaint of model.errors) print(indented(`the scripted model: ${complaint}`));
        // Without a runtime there is nothing to check.
        if (passed === 0) break;
      }
    }
  } finally {
    program.dispose();
    process.off('exit', program.dispose);
    await model.close();
  }
  if (failed === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  else print(`     what ${agent.name} left is in ${folder}`);
  return { passed, failed };
};

/** What a person writes who uses an agent that has no preset. */
const configure = (data: string, { name, command: [command, ...args], protocol }: RealAgent): void => {
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(
    join(data, 'config.json'),
    JSON.stringify({ agents: { [name]: { command, args, ...(protocol === undefined ? {} : { protocol }) } } }),
  );
};

const withinTime = async (sentence: string, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`"${sentence}" took longer than ${checkTimeLimitMs} ms`)),
      checkTimeLimitMs,
    );
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};

const indented = (text: string): string => text.replace(/^/gm, '     ');
