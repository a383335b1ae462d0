/** The window sees nothing of Node: each line is an error, and `tsc` complains of one that is none. */
// @ts-expect-error
export type ItsProcess = typeof process;
// @ts-expect-error
export type ItsBuffer = typeof Buffer;
// @ts-expect-error
export type ItsGlobal = typeof global;
// @ts-expect-error
export type ItsRequire = typeof require;
// @ts-expect-error
export type ItsSetImmediate = typeof setImmediate;
// @ts-expect-error
export type ItsDirname = typeof __dirname;
// @ts-expect-error
export type ItsTimer = NodeJS.Timeout;
// @ts-expect-error
export type ItsFiles = typeof import('node:fs');
// @ts-expect-error
export type ItsThreads = typeof import('worker_threads');
// A timer is a number here.
export const timer: number = setTimeout(() => {}, 0);
