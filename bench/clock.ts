/** Milliseconds of a clock that never jumps and that every thread and process of a machine shares. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
