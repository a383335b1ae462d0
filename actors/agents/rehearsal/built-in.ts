import { demoScripts } from './scripts/demo.ts';
import { everydayScripts } from './scripts/everyday.ts';
import { faultScripts } from './scripts/faults.ts';
import type { ScriptBody } from './scripts/script-body.ts';
import { type RehearsalScriptName, rehearsalScripts } from './scripts/scripts.ts';
import { parseScript, type Script } from './stage/script.ts';

const bodies: Readonly<Record<RehearsalScriptName, ScriptBody>> = {
  ...everydayScripts,
  ...demoScripts,
  ...faultScripts,
};

export const isRehearsalScript = (name: string): name is RehearsalScriptName => Object.hasOwn(rehearsalScripts, name);

export const builtInScript = (name: RehearsalScriptName): Script =>
  parseScript(`the built-in script ${name}`, { name, description: rehearsalScripts[name], ...bodies[name] });
