/**
 * The mailboxes of the sessions that share a thread. They are served in turn, a message of each at a time, and the
 * thread looks at its other ports between two rounds: a session whose agent floods waits for itself, not the others.
 *
 * Without it a port is emptied in one go, and each of a flood's messages is a thousand lines to take in.
 */
export type FairMailboxes<Message> = {
  /** A new mailbox: what is put into it is given to `receive`, in order. */
  readonly open: (receive: (message: Message) => void) => Mailbox<Message>;
};

export type Mailbox<Message> = {
  readonly put: (...messages: readonly Message[]) => void;
  /** What is in it is not received any more, nor what comes. */
  readonly close: () => void;
};

/** `schedule` calls back once the thread has looked at its ports. */
export const createFairMailboxes = <Message>(schedule: (round: () => void) => void): FairMailboxes<Message> => {
  type Waiting = { readonly messages: Message[]; readonly receive: (message: Message) => void };
  /** Those with a message, in the order of their turns. */
  let waiting = new Set<Waiting>();
  let scheduled = false;

  const round = (): void => {
    scheduled = false;
    const served = waiting;
    waiting = new Set();
    for (const mailbox of served) {
      const message = mailbox.messages.shift();
      if (message === undefined) continue;
      if (mailbox.messages.length > 0) waiting.add(mailbox);
      mailbox.receive(message);
    }
    scheduleRound();
  };

  const scheduleRound = (): void => {
    if (scheduled || waiting.size === 0) return;
    scheduled = true;
    schedule(round);
  };

  return {
    open: (receive) => {
      const mailbox: Waiting = { messages: [], receive };
      let closed = false;
      return {
        put: (...messages) => {
          if (closed || messages.length === 0) return;
          mailbox.messages.push(...messages);
          waiting.add(mailbox);
          scheduleRound();
        },
        close: () => {
          closed = true;
          mailbox.messages.length = 0;
          waiting.delete(mailbox);
        },
      };
    },
  };
};
