/**
 * Lays the session machine out and draws it, after every change of it:
 *
 *   npm run statechart
 */
import { writeFile } from 'node:fs/promises';
import { drawStatechart } from '../actors/model/inspection/statechart/draw-statechart.ts';
import { layOut } from '../actors/model/inspection/statechart/lay-out.ts';
import { describeMachine } from '../actors/model/inspection/statechart/statechart.ts';
import { svgText } from '../actors/model/inspection/statechart/svg-text.ts';
import { runMachine } from '../actors/model/run/machine.ts';

const chart = await layOut(describeMachine(runMachine));
const data = new URL('../actors/model/inspection/statechart/run-statechart.json', import.meta.url);
await writeFile(data, `${JSON.stringify(chart, null, 1)}\n`);
const picture = new URL('statechart.svg', import.meta.url);
await writeFile(picture, svgText(drawStatechart(chart)));
