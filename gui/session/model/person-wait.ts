/** For how long a run waited for a person: requests that wait at the same time are one wait. Pure; times in milliseconds. */

export type PersonWait = {
  /** What was waited in all until the open requests came. */
  readonly waitedMs: number;
  readonly since: number;
  readonly open: ReadonlySet<string>;
};

export const noWait: PersonWait = { waitedMs: 0, since: 0, open: new Set() };

export const waitBegun = (wait: PersonWait, request: string, at: number): PersonWait => ({
  ...wait,
  since: wait.open.size === 0 ? at : wait.since,
  open: new Set([...wait.open, request]),
});

/** A request was answered; one that is not known to wait changes nothing. */
export const waitEnded = (wait: PersonWait, request: string, at: number): PersonWait => {
  if (!wait.open.has(request)) return wait;
  const open = new Set([...wait.open].filter((one) => one !== request));
  return { ...wait, open, waitedMs: open.size > 0 ? wait.waitedMs : waitedUntil(wait, at) };
};

/** What was waited in all, with what is open until then. A clock that was set back takes no time away. */
export const waitedUntil = ({ open, since, waitedMs }: PersonWait, at: number): number =>
  open.size === 0 ? waitedMs : waitedMs + Math.max(0, at - since);
