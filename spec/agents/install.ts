import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RealAgent } from './known/real-agent.ts';

const installTimeLimitMs = 10 * 60_000;
const versionTimeLimitMs = 60_000;
const marker = 'installed.json';

export type InstalledAgent = {
  readonly agent: RealAgent;
  /** The folder npm linked its commands into: goes first on PATH. */
  readonly binFolder: string;
};

/** Where the agents are installed. */
export const cacheFolder = (): string =>
  process.env.THROUGHLINE_AGENTS_CACHE ?? fileURLToPath(new URL('../../.cache/agents', import.meta.url));

/**
 * Makes sure that a real agent is in the cache, in exactly the version the table names, and that it runs. It is no
 * dependency of the project: it has a package.json of its own in the cache. Done once; a marker says that it was.
 */
export const installAgent = async (agent: RealAgent, print: (line: string) => void): Promise<InstalledAgent> => {
  const folder = join(cacheFolder(), `${agent.name}-${agent.version}`);
  const installed = { agent, binFolder: join(folder, 'node_modules', '.bin') };
  if (existsSync(join(folder, marker))) return installed;

  const pin = `${agent.packageName}@${agent.version}`;
  print(`installing ${pin} from npm into ${folder} (once; up to 460 MB)`);
  // Built beside its place and moved there when it is whole: an installation that was stopped is never taken for one.
  const unfinished = `${folder}.unfinished-${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    const description = {
      name: `throughline-agent-${agent.name}`,
      private: true,
      dependencies: { [agent.packageName]: agent.version, ...agent.besides },
      // npm 11 runs no install script that is not named here; older ones run them all.
      allowScripts: Object.fromEntries(agent.installScripts.map((name) => [name, true])),
    };
    writeFileSync(join(unfinished, 'package.json'), JSON.stringify(description, null, 2));
    await npmInstall(unfinished, pin, print);
    const version = await printVersion(agent, join(unfinished, 'node_modules', '.bin'));
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
    writeFileSync(join(folder, marker), JSON.stringify({ package: pin, prints: version }, null, 2));
    print(`installed ${pin}, which says it is "${version}"`);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return installed;
};

const npmInstall = (folder: string, pin: string, print: (line: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts=false', '--loglevel=http'];
    const child = spawn('npm', ['install', ...options], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const begun = Date.now();
    let output = '';
    let fetched = 0;
    const collect = (chunk: Buffer): void => {
      const text = chunk.toString('utf8');
      output = (output + text).slice(-8_000);
      fetched += text.match(/http fetch/g)?.length ?? 0;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const seconds = (): string => ((Date.now() - begun) / 1000).toFixed(0);
    const progress = setInterval(() => print(`  … ${fetched} requests answered, ${seconds()} s`), 5_000);
    const limit = setTimeout(() => child.kill('SIGKILL'), installTimeLimitMs);
    const settle = (): void => {
      clearInterval(progress);
      clearTimeout(limit);
    };
    child.once('error', (cause) => {
      settle();
      reject(new Error(`npm could not be started to install ${pin}: is it on PATH?`, { cause }));
    });
    child.once('close', (code, signal) => {
      settle();
      if (code === 0) resolve();
      else reject(new Error(installFailure(pin, output, code ?? signal)));
    });
  });

const installFailure = (pin: string, output: string, ending: string | number | null): string => {
  const unreachable = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/.exec(
    output,
  );
  const reason =
    unreachable !== null
      ? `the npm registry cannot be reached (${unreachable[1]}). The agents are installed once and need the network for it`
      : `npm ended with ${ending}`;
  const lines = output.split('\n').filter((line) => line !== '' && !line.includes('http fetch'));
  return `${pin} could not be installed: ${reason}.\n${lines.slice(-12).join('\n')}`;
};

const printVersion = async (
  { command: [command], versionBinary = command, versionArguments }: RealAgent,
  binFolder: string,
): Promise<string> => {
  const path = join(binFolder, versionBinary);
  try {
    // Some print it as a complaint.
    const { stdout, stderr } = await promisify(execFile)(path, versionArguments, {
      timeout: versionTimeLimitMs,
      env: { ...process.env, PATH: `${binFolder}${delimiter}${process.env.PATH ?? ''}` },
    });
    return (stdout.trim() || stderr.trim()).slice(0, 200);
  } catch (cause) {
    throw new Error(`${path} was installed but does not run: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
};
