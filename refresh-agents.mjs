// Brings what the package knows of the agents' versions (runtime/agents/registry.json) up to the npm registry: the newest
// of each, the Node it asks for, and, where that is a newer one than ours may be, the newest that asks for less.
// Nothing is installed. An agent is added by its package's name, with `{}`.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('runtime/agents/registry.json', import.meta.url);
/** The oldest Node that Throughline runs on. */
const oldestNode = [20, 19, 0];

/** @typedef {{ version: string, node: string | null }} Release */

/** @type {(name: string, ...words: string[]) => unknown} */
const view = (name, ...words) => {
  const { status, stdout, stderr } = spawnSync('npm', ['view', name, ...words, '--json'], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm knows nothing of ${name}: ${stderr.trim().split('\n')[0]}`);
  return JSON.parse(stdout);
};

/** @type {(version: string) => readonly number[]} */
const parts = (version) => version.split(/[.-]/u).slice(0, 3).map(Number);
/** @type {(left: readonly number[], right: readonly number[]) => number} */
const compare = (left, right) => {
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
};

/** The Node that a range asks for at least, as `A.B.C`; null where it is no plain `>=`. @type {(range: unknown) => string | null} */
const leastNode = (range) => {
  const [, major, minor = '0', patch = '0'] =
    /^>=\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/u.exec(String(range).trim()) ?? [];
  return major === undefined ? null : `${major}.${minor}.${patch}`;
};

/** @type {(given: any) => Release} */
const release = (given) => ({ version: given.version, node: leastNode(given.engines?.node) });
/** @type {(release: Release) => boolean} */
const runsOnOldest = ({ node }) => node === null || compare(parts(node), oldestNode) <= 0;

/** @type {Record<string, Release & { onOlderNode?: Release }>} */
const known = JSON.parse(readFileSync(path, 'utf8'));
for (const name of Object.keys(known)) {
  const newest = release(view(name, 'name', 'version', 'engines'));
  const all = runsOnOldest(newest) ? [] : [view(`${name}@>=0.0.0`, 'name', 'version', 'engines')].flat();
  const [older] = all
    .map(release)
    .filter((each) => !each.version.includes('-') && runsOnOldest(each))
    .sort((left, right) => compare(parts(right.version), parts(left.version)));
  known[name] = { ...newest, ...(older === undefined ? {} : { onOlderNode: older }) };
  console.log(`${name} ${newest.version}${older === undefined ? '' : `, ${older.version} on older Nodes`}`);
}
writeFileSync(path, `${JSON.stringify(known, null, 2)}\n`);
