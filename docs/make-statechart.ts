/**
 * Lays the session machine out and draws it, after every change of it:
 *
 *   npm run statechart
 */
import { writeFile } from 'node:fs/promises';
import { runMachine } from '../actors/session/machine.ts';
import { drawStatechart } from '../actors/session/statechart/draw-statechart.ts';
import { layOut } from '../actors/session/statechart/lay-out.ts';
import { describeMachine } from '../actors/session/statechart/statechart.ts';
import { svgText } from '../actors/session/statechart/svg-text.ts';

const chart = await layOut(describeMachine(runMachine));
const data = new URL('../actors/session/statechart/run-statechart.json', import.meta.url);
await writeFile(data, `${JSON.stringify(chart, null, 1)}\n`);
const picture = new URL('statechart.svg', import.meta.url);
await writeFile(picture, svgText(drawStatechart(chart)));
