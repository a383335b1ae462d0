/** Ways through the model: at random by a seed, or each there is for a small one. */
import { Broken, createLaws } from './laws.ts';
import { createModel, type ModelOptions, type Step } from './world.ts';

/** How one way went: the steps that were taken, and the law that was broken, if one was. */
export type Way = { readonly steps: readonly string[]; readonly broken: string | null };

const mostSteps = 500;

/** Goes one way; `choose` picks among so many possible steps. */
export const walk = (
  options: ModelOptions,
  choose: (steps: readonly Step[], faults: readonly Step[]) => Step | undefined,
): Way => {
  const model = createModel(options);
  const laws = createLaws(model);
  const taken: string[] = [];
  try {
    for (let count = 0; count < mostSteps; count += 1) {
      const steps = model.steps();
      if (steps.length === 0) {
        laws.holdAtRest();
        return { steps: taken, broken: null };
      }
      const step = choose(steps, model.faults());
      if (step === undefined) return { steps: taken, broken: null };
      taken.push(step.name);
      step.take();
      laws.holdAlways();
    }
    return { steps: taken, broken: `no rest after ${mostSteps} steps` };
  } catch (thrown) {
    if (thrown instanceof Broken) return { steps: taken, broken: thrown.message };
    throw thrown;
  } finally {
    model.close();
  }
};

export const randomWay = (options: ModelOptions, random: () => number, shareOfFaults: number): Way =>
  walk(options, (steps, faults) => {
    const among = faults.length > 0 && random() < shareOfFaults ? faults : steps;
    return among[Math.floor(random() * among.length)];
  });

/**
 * Goes every way there is, one after the other, and gives how many there were and the first that broke a law. A way is
 * the list of choices that were made; the next one differs in its last choice that had an alternative left.
 */
export const everyWay = (options: ModelOptions, limit: number): { ways: number; broken: Way | null; all: boolean } => {
  let choices: number[] = [];
  for (let ways = 1; ways <= limit; ways += 1) {
    const alternatives: number[] = [];
    const way = walk(options, (steps, faults) => {
      const depth = alternatives.length;
      const among = [...steps, ...faults];
      alternatives.push(among.length);
      choices[depth] ??= 0;
      return among[choices[depth]];
    });
    if (way.broken !== null) return { ways, broken: way, all: false };
    let last = alternatives.length - 1;
    while (last >= 0 && (choices[last] ?? 0) + 1 >= (alternatives[last] ?? 0)) last -= 1;
    if (last < 0) return { ways, broken: null, all: true };
    choices = choices.slice(0, last + 1);
    choices[last] = (choices[last] ?? 0) + 1;
  }
  return { ways: limit, broken: null, all: false };
};
