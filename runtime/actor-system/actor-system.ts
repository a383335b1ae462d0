/**
 * The actor system as it can be watched. Nothing is looked at, timed or asked while nobody watches: the first watcher
 * turns the sampling on, the last one off. All watchers get the same samples, however many they are.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type SystemSample, sampleEveryMs } from '../../actors/protocol/gateway/actor-system.ts';
import type { Log } from '../data/log.ts';
import { createGauges } from './gauges.ts';
import { type ActorSystemParts, takeSample } from './take-sample.ts';

export type SampleListener = (sample: SystemSample) => void;

export type ActorSystem = {
  /** Calls back with each sample from now on; gives what ends that. */
  readonly watch: (listener: SampleListener) => () => void;
  /** Ends the sampling, whoever watches. */
  readonly stop: () => void;
};

const delayResolutionMs = 10;

export const createActorSystem = (parts: ActorSystemParts, log: Log): ActorSystem => {
  const listeners = new Set<SampleListener>();
  let endSampling: (() => void) | null = null;
  let stopped = false;

  const end = (): void => {
    endSampling?.();
    endSampling = null;
  };

  return {
    watch: (listener) => {
      // A listener of its own for each watcher, whoever watches twice.
      const own: SampleListener = (sample) => listener(sample);
      listeners.add(own);
      if (!stopped) {
        endSampling ??= beginSampling(parts, log, (sample) => {
          for (const each of listeners) each(sample);
        });
      }
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) end();
      };
    },
    stop: () => {
      stopped = true;
      end();
    },
  };
};

const beginSampling = (parts: ActorSystemParts, log: Log, onSample: SampleListener): (() => void) => {
  const gauges = createGauges();
  const delays = monitorEventLoopDelay({ resolution: delayResolutionMs });
  const tools = { gauges, delays, delayResolutionMs, memoryByPid: new Map<number, number | null>() };
  let number = 0;
  let takenAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const tick = async (): Promise<void> => {
    const at = performance.now();
    try {
      const sample = await takeSample(parts, tools, { number, sinceMs: Math.round(at - takenAt) });
      takenAt = at;
      // The first look only says from where the others count.
      if (!ended && number > 0) onSample(sample);
      number += 1;
    } catch (error) {
      log.error('the actors could not be sampled', { error });
    }
    if (ended) return;
    timer = setTimeout(tick, Math.max(0, at + sampleEveryMs - performance.now()));
    timer.unref();
  };

  delays.enable();
  void tick();
  return () => {
    ended = true;
    clearTimeout(timer);
    delays.disable();
    parts.writer.lookAway();
  };
};
