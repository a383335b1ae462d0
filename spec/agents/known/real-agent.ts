import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A real agent the suite runs against, unmodified: what is installed, how it is led to the scripted model, its ways. */
export type RealAgent = {
  /** What the suite calls it, and what `--agent` gets if nothing else is said here. */
  readonly name: string;
  /** Its preset, where that is called otherwise; null where it has none, and is configured by its command. */
  readonly preset?: string | null;
  readonly packageName: string;
  readonly version: string;
  /** Packages that are installed with it, with their versions: a newer Node, the program that an adapter drives. */
  readonly besides?: Readonly<Record<string, string>>;
  /** The command and its arguments, its binary as npm links it into `node_modules/.bin`. */
  readonly command: readonly [string, ...string[]];
  /** The binary that prints its version, where it is another. */
  readonly versionBinary?: string;
  /** Arguments that make the binary print its version and exit: proof that the installation runs. */
  readonly versionArguments: readonly string[];
  /** Packages whose install scripts have to run; npm runs no others. */
  readonly installScripts: readonly string[];
  /** The newest version of the protocol that is offered to it, where that is not the first. */
  readonly protocol?: 2;
  /** Whether the suite runs it when none is named, and so before every change. */
  readonly isLight: boolean;
  /** The mode in which it asks before it acts, where it begins in another: what the probe sets. */
  readonly askingMode?: string;
  /**
   * Set where it takes every error of `fs/read_text_file` for a broken disk, and reads a file before it creates it: what
   * is not there has to be read as empty.
   */
  readonly missingFilesAreEmpty?: true;
  /** Set where it edits the files of its folder as it likes: then a command is what is approved and refused. */
  readonly asksOnlyForCommands?: true;
  /** What it says of its own accord in each new process, and so more than once in a session. */
  readonly saysAnew?: RegExp;
  /** Set where nothing makes it ask: then there is nothing to approve or refuse. */
  readonly neverAsks?: true;
  /**
   * What its process needs to find the scripted model and nothing of the person's own: a home of its own in `home`,
   * where configuration files are written too.
   */
  readonly environment: (place: { readonly home: string; readonly modelUrl: string }) => Record<string, string>;
};

/** A Node for agents that do not start on 20: its binary, which npm links beside theirs, comes first on their PATH. */
export const node22 = { [`node-linux-${process.arch}`]: '22.23.3' };

/** A home of its own, made, in every way in which programs look for one. */
export const homeVariables = (home: string): Record<string, string> => {
  const variables = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
  };
  for (const folder of Object.values(variables)) mkdirSync(folder, { recursive: true });
  return variables;
};
