/** The settings that a runtime runs with, and which of those that were changed it takes up without being started again. */
import type { Configuration } from './configuration.ts';

export type LiveSettings = {
  /** As it runs with them: what is taken up is there for whoever reads it the next time. */
  readonly current: Configuration;
  /** Takes up what can be. `restart` are those that it still runs without, by name; `taken` those that have changed. */
  readonly takeUp: (next: Configuration) => SettingsTaken;
};

export type SettingsTaken = { readonly taken: readonly string[]; readonly restart: readonly string[] };

type Name = keyof Configuration;

/** Those that are read each time they count: by the next agent that is started, the next session that is opened. */
const readEachTime: ReadonlySet<Name> = new Set<Name>(['agents', 'mcpServers', 'repositories', 'parkAfterMinutes']);

/** `mayTakeUp` says whether a setting's new value is one that a runtime may learn of so late. */
export const createLiveSettings = (
  begunWith: Configuration,
  mayTakeUp: (name: Name, next: Configuration) => boolean,
): LiveSettings => {
  const current: Configuration = { ...begunWith };
  const take = <Key extends Name>(name: Key, next: Configuration): void => {
    current[name] = next[name];
  };
  return {
    current,
    takeUp: (next) => {
      const names = [...new Set([...Object.keys(current), ...Object.keys(next)])] as Name[];
      const changed = names.filter((name) => JSON.stringify(current[name]) !== JSON.stringify(next[name]));
      const taken = changed.filter((name) => readEachTime.has(name) && mayTakeUp(name, next));
      for (const name of taken) take(name, next);
      return { taken, restart: changed.filter((name) => !taken.includes(name)) };
    },
  };
};
