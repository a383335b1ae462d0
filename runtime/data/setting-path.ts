/** A setting by its name, as people write it: `snapshots.keepDays`, `agents.mine.command`. */
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';

/**
 * The value of a setting; undefined where nothing is there.
 * @example
 * settingAt({ snapshots: { keepDays: 7 } }, 'snapshots.keepDays') // => 7
 * settingAt({ snapshots: {} }, 'snapshots.keepDays') // => undefined
 */
export const settingAt = (settings: unknown, name: string): unknown =>
  partsOf(name).reduce<unknown>(
    (value, part) => (isFields(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    settings,
  );

/**
 * The settings with one of another value; undefined takes it away. Whether it may be that is for the schema to say.
 * @example
 * withSetting({}, 'snapshots.keepDays', 7) // => { snapshots: { keepDays: 7 } }
 * withSetting({ editor: 'vim' }, 'editor', undefined) // => {}
 */
export const withSetting = (settings: unknown, name: string, value: unknown): unknown =>
  setIn(settings, partsOf(name), value);

const setIn = (settings: unknown, [part = '', ...deeper]: readonly string[], value: unknown): unknown => {
  const fields = isFields(settings) ? settings : {};
  const next = deeper.length === 0 ? value : setIn(Object.hasOwn(fields, part) ? fields[part] : {}, deeper, value);
  const others = Object.entries(fields).filter(([other]) => other !== part);
  // Built of entries, so that a part called `__proto__` is a field like any other, which the schema refuses.
  return Object.fromEntries(next === undefined ? others : [...others, [part, next]]);
};

/** Dots part a name; one in a part (a path, an agent called so) is written `\.`. */
const partsOf = (name: string): readonly string[] => {
  const parts = name.split(/(?<!\\)\./u).map((part) => part.replaceAll('\\.', '.'));
  if (parts.every((part) => part !== '')) return parts;
  throw new ThroughlineError('input.invalid', `"${name}" is no name of a setting`, {
    hint: 'write it as snapshots.keepDays; a dot of a name itself as \\.',
  });
};

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
