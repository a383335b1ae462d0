/**
 * Loaded into a process before its program (`--require`): its wall clock, in every thread, is off by as many
 * milliseconds as the file WANDERING_CLOCK says. Timers and `performance.now` go on as they are, as they do when somebody
 * sets the clock of a machine.
 */
const { readFileSync } = require('node:fs');

const file = process.env.WANDERING_CLOCK ?? '';
const RealDate = Date;
const now = RealDate.now.bind(RealDate);
let offset = 0;
let readAt = Number.NEGATIVE_INFINITY;

const wandered = () => {
  if (performance.now() - readAt > 10) {
    readAt = performance.now();
    try {
      offset = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      // There is none yet.
    }
  }
  return now() + offset;
};

if (file !== '') {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, parameters, newTarget) =>
      Reflect.construct(target, parameters.length === 0 ? [wandered()] : parameters, newTarget),
    apply: () => new RealDate(wandered()).toString(),
    get: (target, name) => (name === 'now' ? wandered : Reflect.get(target, name)),
  });
}
