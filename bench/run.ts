/**
 * Measures Throughline against what it cannot do without, side by side in one run, and prints ratios:
 *
 *   node --import tsx bench/run.ts [--json] [--check] [--pairs N] [WORD…]
 *
 * Words choose measurements by name. `--check` exits 1 when a goal is missed; otherwise only a failed bench does.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Measure, withBench } from './bench.ts';
import type { Figure } from './figure.ts';
import { measureAppend } from './measure/append.ts';
import { measureFrames } from './measure/frames.ts';
import { measureInspecting } from './measure/inspecting.ts';
import { measureAck, measureModerateLoad } from './measure/latency.ts';
import { measureNeighbours } from './measure/neighbours.ts';
import { measureDashboard, measureHistory } from './measure/reading.ts';
import { measureReviewing } from './measure/reviewing.ts';
import { measureSnapshots } from './measure/snapshots.ts';
import { measureStart } from './measure/start.ts';
import { measureWatching } from './measure/watching.ts';
import { measureWindow } from './measure/window.ts';
import { printFigures } from './print-figures.ts';

const measures: Readonly<Record<string, Measure>> = {
  append: measureAppend,
  ack: measureAck,
  start: measureStart,
  load: measureModerateLoad,
  history: measureHistory,
  dashboard: measureDashboard,
  watch: measureWatching,
  neighbours: measureNeighbours,
  window: measureWindow,
  frames: measureFrames,
  inspect: measureInspecting,
  review: measureReviewing,
  snapshot: measureSnapshots,
};

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    pairs: { type: 'string', default: '5' },
  },
});

const unknown = words.filter((word) => measures[word] === undefined);
const pairs = Number(options.pairs);
if (unknown.length > 0 || !Number.isInteger(pairs) || pairs < 1) {
  console.error(`usage: bench/run.ts [--json] [--check] [--pairs N] [${Object.keys(measures).join('|')}]…`);
  process.exit(2);
}
const chosen = words.length === 0 ? Object.keys(measures) : words;
// On standard error, so that what is measured can be piped on.
const say = (text: string): void => void process.stderr.write(`… ${text}\n`);

// Others at work on the machine hold up three threads more than one, so a figure is worth what the load was.
const load = (): number => Number((loadavg()[0] ?? 0).toFixed(1));
const loadBefore = load();

const figures = await withBench({ pairs, say }, async (bench): Promise<readonly Figure[]> => {
  const all: Figure[] = [];
  for (const name of chosen) all.push(...((await measures[name]?.(bench)) ?? []));
  return all;
});

const machine = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cores: availableParallelism(),
  loadBefore,
  loadAfter: load(),
};
if (options.json) console.log(JSON.stringify({ machine, pairs, figures }, null, 2));
else {
  const { node, cores, loadAfter } = machine;
  console.log(`Node ${node}, ${cores} cores, load ${loadBefore} before and ${loadAfter} after, ${pairs} pairs\n`);
  console.log(printFigures(figures));
}
process.exit(options.check && figures.some((one) => one.met === false) ? 1 : 0);
