import { counted } from '../../actors/protocol/facts/counted.ts';
import type { ActorSystemSample } from '../../actors/protocol/gateway/actor-system.ts';
import { classes } from '../components/classes.ts';
import { megabytes, milliseconds } from './figures.ts';
import { BusyMeter } from './meter.tsx';
import { RestartNote, SilenceNote } from './restarts.tsx';
import { Sparkline } from './sparkline.tsx';

type Writer = ActorSystemSample['writer'];
type WriterThread = NonNullable<Writer['thread']>;

const shownRequests = 24;

/** The one who writes: what waits before it, and how large its commits were and how long they took. */
export const WriterCard = ({ writer }: { readonly writer: Writer }) => {
  const { thread, restarts } = writer;
  return (
    <section class={classes('actor writer', thread?.paused && 'actor-stopped')} aria-label="Writer">
      <header class="actor-head">
        <h2>Writer</h2>
        {thread !== null && <BusyMeter share={thread.utilisation} label="the writer" />}
      </header>
      {thread === null ? (
        <p class="actor-warning">It died, and another is being started.</p>
      ) : (
        <>
          <p class="actor-line quiet numbers">
            Thread {thread.threadId} · {megabytes(thread.heapUsedBytes)} · {counted(thread.commits.count, 'commit')}
          </p>
          {thread.paused && <p class="actor-warning">The disk refuses writes; what waits is tried again.</p>}
          <SilenceNote silentMs={thread.silentMs} />
          <Queue waiting={thread.waiting} />
          <Commits commits={thread.commits} />
        </>
      )}
      <RestartNote restarts={restarts} />
    </section>
  );
};

const Queue = ({ waiting }: { readonly waiting: WriterThread['waiting'] }) => (
  <div class="queue">
    <span class="queue-slots" aria-hidden="true">
      {Array.from({ length: Math.min(waiting.requests, shownRequests) }, (_, index) => (
        <span key={index} class="queue-slot" />
      ))}
    </span>
    <span class="numbers">
      {waiting.requests === 0
        ? 'Nothing waits'
        : `${counted(waiting.requests, 'request')} with ${counted(waiting.events, 'event')} wait`}
    </span>
  </div>
);

const Commits = ({ commits }: { readonly commits: WriterThread['commits'] }) => {
  const { last, spread } = commits;
  if (spread === null) return <p class="quiet commits-none">No commit since you look.</p>;
  const { events, durationMs } = spread;
  return (
    <dl class="commits">
      <div>
        <dt>Events a commit</dt>
        <dd>
          <Sparkline
            look="sizes"
            values={last.map(([size]) => size)}
            label={`The last commits stored ${events.p50} events in the middle, and ${events.largest} at most`}
          />
          <span class="numbers">
            {events.p50.toLocaleString()} <span class="quiet">p99 {events.p99.toLocaleString()}</span>
          </span>
        </dd>
      </div>
      <div>
        <dt>Time a commit</dt>
        <dd>
          <Sparkline
            look="times"
            values={last.map(([, took]) => took)}
            label={`The last commits took ${milliseconds(durationMs.p50)} in the middle, and ${milliseconds(durationMs.largest)} at most`}
          />
          <span class="numbers">
            {milliseconds(durationMs.p50)} <span class="quiet">p99 {milliseconds(durationMs.p99)}</span>
          </span>
        </dd>
      </div>
    </dl>
  );
};
