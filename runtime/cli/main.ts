#!/usr/bin/env node
import { processTerminal } from './invocation/terminal.ts';

const words = process.argv.slice(2);
const begins = words[0] === 'serve' && !['--background', '--help', '-h'].some((word) => words.includes(word));
// A runtime's start waits longest for its writer's thread, so that is begun before anything else is even read. It does
// nothing until it is told what to open, and keeps no process alive.
const writerThread = begins ? (await import('../threads/writer-thread.ts')).loadWriterThread() : null;
writerThread?.unref();
// One that cannot load is not used; whoever needs a writer then loads another, hears why and says so.
writerThread?.on('error', () => {});

const { runCommandLine } = begins ? await import('./serving-program.ts') : await import('./program.ts');
// Not process.exit: what was written to a pipe is still on its way.
process.exitCode = await runCommandLine(words, processTerminal(), writerThread);
