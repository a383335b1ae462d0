const minuteMs = 60_000;
const hourMs = 3_600_000;

/**
 * A length of time in the fewest words.
 * @example
 * durationWords(90_000) // => '90 s'
 * durationWords(600_000) // => '10 min'
 */
export const durationWords = (milliseconds: number): string => {
  if (milliseconds > 0 && milliseconds % hourMs === 0) return `${milliseconds / hourMs} h`;
  if (milliseconds > 0 && milliseconds % minuteMs === 0) return `${milliseconds / minuteMs} min`;
  return `${Math.round(milliseconds / 1_000)} s`;
};
