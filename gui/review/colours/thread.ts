/** The worker that colours code, loaded with the review alone. It is given texts one after the other and gives ranges. */

import { createCodeRanges } from './code-ranges.ts';
import { type ColourAnswer, isColourRequest } from './colour-messages.ts';

const codeRanges = createCodeRanges();

addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isColourRequest(data)) return;
  const answer: ColourAnswer = { id: data.id, ranges: codeRanges(data.text, data.language) };
  postMessage(answer, { transfer: [answer.ranges.buffer] });
});
