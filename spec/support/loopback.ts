import { networkInterfaces } from 'node:os';

/** The loopback addresses of this machine; in many containers there is no ::1. */
export const loopbackAddresses: readonly string[] = ['127.0.0.1', '::1'].filter((wanted) =>
  Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === wanted)),
);
export const hasIPv6 = loopbackAddresses.includes('::1');
