/**
 * The command line of the process that becomes the runtime. It is bundled apart, as one file: a runtime needs nearly all
 * of itself at once, and each file that is loaded costs its start about a millisecond.
 */
export { runCommandLine } from './program.ts';
