import { classes } from '../components/classes.ts';
import { useWindow } from '../shell/window-scope.ts';
import { Flow } from './flow.tsx';
import { useActors } from './follow-actors.ts';
import { MainCard } from './main-card.tsx';
import { ReadingCards } from './reading-cards.tsx';
import { SessionRooms } from './session-rooms.tsx';
import { WriterCard } from './writer-card.tsx';

/**
 * The actor system as it is now. Read from the left: sessions live in their threads, what they record flows to the one
 * writer, which commits it to the log, and from there it is read.
 */
export const ActorsView = () => {
  const { isStale } = useWindow().store;
  const sample = useActors();
  // Before the first sample nothing is known, so nothing is shown.
  if (sample === null) return null;
  const { writer, readers, position } = sample;
  const committed = writer.eventsPerSecond;
  const recorded = sample.sessions.threads.reduce((sum, thread) => sum + thread.eventsPerSecond, 0);
  return (
    <div class={classes('actor-system', isStale.value && 'actor-system-stale')}>
      <MainCard sample={sample} />
      <div class="actor-flow">
        <SessionRooms sample={sample} />
        <Flow rate={recorded} says={`${recorded.toLocaleString()} events/s`} label="From the sessions to the writer" />
        <WriterCard writer={writer} />
        <Flow rate={committed} says={`${committed.toLocaleString()} events/s`} label="From the writer to the log" />
        <div class="log-column">
          <section class="actor the-log" aria-label="The log">
            <h2>The log</h2>
            <p class="log-position numbers">{position.toLocaleString()}</p>
            <p class="quiet">events, in one order</p>
          </section>
          <Flow
            rate={readers.answersPerSecond}
            says={`${readers.answersPerSecond.toLocaleString()} answers/s`}
            label="From the log to its readers"
          />
          <ReadingCards sample={sample} />
        </div>
      </div>
    </div>
  );
};
