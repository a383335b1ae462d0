/** What a person says to a request. */
type Decision = {
  /** `cancel` takes no side: the agent hears that nobody answers. */
  readonly decision: 'allow' | 'deny' | 'cancel';
  readonly optionId?: string;
  readonly answers?: Readonly<Record<string, unknown>>;
};

/** One answer at a time: which of them is on its way, and how it is sent. */
export type Deciding = {
  readonly chosen: string | null;
  readonly decide: (name: string, decision: Decision) => void;
};
