/**
 * What the package knows of the agents' releases on npm: data, refreshed by `npm run agents:refresh`, never looked up
 * while the program runs. What is newer than the data is found by npm itself when a person installs.
 */
import registry from './registry.json' with { type: 'json' };

type Release = {
  readonly version: string;
  /** The Node that it asks for at least, as `A.B.C`; null where it says none. */
  readonly node: string | null;
};

type Known = Release & {
  /** The newest release for older Nodes, where the newest of all asks for one that Throughline itself does not. */
  readonly onOlderNode?: Release;
};

/** What to install of a package on a Node. */
export type Installable = {
  /** What npm is given. */
  readonly specifier: string;
  /** The version that this was when the data was made. */
  readonly version: string | null;
  /** The Node that it needs, where this one is older and no release of it runs here. */
  readonly needsNode: string | null;
};

const releases: Readonly<Record<string, Known>> = registry;

/** What of a package is to be installed for this version of Node, written as `process.versions.node` is. */
export const installable = (name: string, node: string): Installable => {
  const newest = Object.hasOwn(releases, name) ? releases[name] : undefined;
  if (newest === undefined) return { specifier: name, version: null, needsNode: null };
  if (runsOn(newest, node)) return { specifier: name, version: newest.version, needsNode: null };
  const older = newest.onOlderNode;
  return older !== undefined && runsOn(older, node)
    ? { specifier: `${name}@${older.version}`, version: older.version, needsNode: null }
    : { specifier: name, version: newest.version, needsNode: newest.node };
};

/**
 * Whether the first of two versions is the newer one, by its numbers; what stands behind them is not looked at.
 * @example
 * isNewer('1.10.0', '1.9.2') // => true
 * isNewer('22.0.0', '22') // => false
 */
export const isNewer = (version: string, than: string): boolean => {
  const [left, right] = [numbersOf(version), numbersOf(than)];
  const at = left.findIndex((number, index) => number !== (right[index] ?? 0));
  return at !== -1 && (left[at] ?? 0) > (right[at] ?? 0);
};

const runsOn = ({ node }: Release, here: string): boolean => node === null || !isNewer(node, here);

const numbersOf = (version: string): readonly number[] =>
  version
    .split(/[.+-]/u)
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 10) || 0);
