/** Whose sockets there are on loopback, as the system tells it (only Linux does). */
import { readFileSync } from 'node:fs';

export type LoopbackSocket = {
  readonly localPort: number;
  /** 0 for one that listens. */
  readonly remotePort: number;
  readonly isEstablished: boolean;
  readonly isListening: boolean;
  readonly user: number;
};

const tables = ['/proc/net/tcp', '/proc/net/tcp6'];
const established = '01';
const listening = '0A';

/** Every TCP socket of the machine that is on loopback, or listens there with all else; null where that is not told. */
export const loopbackSockets = (): readonly LoopbackSocket[] | null => {
  const lines = tables.flatMap(linesOf);
  return lines.length === 0 ? null : lines.flatMap(socketIn);
};

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return []; // another system, or one without IPv6
  }
};

/** sl, local address, remote address, state, queues, timer, retransmits, user, … (proc_pid_net(5)). */
const socketIn = (line: string): readonly LoopbackSocket[] => {
  const [, local = '', remote = '', state, , , , user] = line.trim().split(/\s+/);
  const isListening = state === listening;
  if (user === undefined || !(isLoopback.test(local) || (isListening && isEverywhere.test(local)))) return [];
  if (!isListening && !isLoopback.test(remote)) return [];
  return [
    {
      localPort: portIn(local),
      remotePort: portIn(remote),
      isEstablished: state === established,
      isListening,
      user: Number(user),
    },
  ];
};

const portIn = (address: string): number => Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);

/** 127.0.0.1 as the tables have it, also where a program uses it through IPv6, and ::1. */
const isLoopback = /^(?:(?:0{16}FFFF0000|)0100007F|0{24}01000000):/;
const isEverywhere = /^(?:0{8}|0{32}):/;
