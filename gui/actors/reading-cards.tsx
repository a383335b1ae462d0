import { counted } from '../../actors/protocol/facts/counted.ts';
import type { ActorSystemSample } from '../../actors/protocol/gateway/actor-system.ts';
import { BusyMeter } from './meter.tsx';
import { RestartNote, SilenceNote } from './restarts.tsx';

/** Who reads the log: the readers that answer, and the search that follows behind. */
export const ReadingCards = ({ sample }: { readonly sample: ActorSystemSample }) => (
  <div class="reading">
    <Readers readers={sample.readers} />
    <Search search={sample.search} position={sample.position} />
  </div>
);

const Readers = ({ readers }: { readonly readers: ActorSystemSample['readers'] }) => (
  <section class="actor" aria-label="Readers">
    <header class="actor-head">
      <h2>Readers</h2>
    </header>
    <p class="actor-line quiet numbers">
      {readers.threads.length === 0
        ? 'No thread: nobody reads'
        : `${counted(readers.threads.length, 'thread')} · ${readers.answersPerSecond.toLocaleString()} answers/s`}
      {readers.waiting > 0 && ` · ${readers.waiting} wait`}
    </p>
    <ul class="reader-threads">
      {readers.threads.map(({ threadId, utilisation }) => (
        <li key={threadId}>
          <span class="quiet numbers">Thread {threadId}</span>
          <BusyMeter share={utilisation} label={`reader thread ${threadId}`} />
        </li>
      ))}
    </ul>
  </section>
);

type SearchProps = { readonly search: ActorSystemSample['search']; readonly position: number };

const Search = ({ search, position }: SearchProps) => {
  const { thread, restarts } = search;
  const behind = thread === null ? 0 : Math.max(0, position - thread.indexedUpTo);
  return (
    <section class="actor" aria-label="Search">
      <header class="actor-head">
        <h2>Search</h2>
        {thread !== null && <BusyMeter share={thread.utilisation} label="the search" />}
      </header>
      <p class="actor-line quiet numbers">
        {thread === null
          ? 'Not started'
          : behind === 0
            ? `Thread ${thread.threadId} · has read the whole log`
            : `Thread ${thread.threadId} · ${counted(behind, 'event')} behind the log`}
      </p>
      {thread !== null && <SilenceNote silentMs={thread.silentMs} />}
      <RestartNote restarts={restarts} />
    </section>
  );
};
