/** What one client can cost, whoever it is: limits against a denial of service, of size, time and number. */
export type GatewayLimits = {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** Connections that have shown neither token nor cookie. */
  readonly strangers: number;
  /** From the connection to the end of the headers, and to the end of the body. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  /** How long a client may take no byte of an answer. */
  readonly stalledMs: number;
  readonly tailBufferedBytes: number;
  readonly tailFrameBytes: number;
  readonly dashboardBufferedBytes: number;
  readonly dashboardThrottleMs: number;
  readonly actorsBufferedBytes: number;
  readonly heartbeatMs: number;
};

export const gatewayLimits: GatewayLimits = {
  bodyBytes: 2 * 1024 * 1024,
  headerBytes: 16 * 1024,
  // More than the system lets wait for us at once (511), so that nobody is sent away before he was listened to.
  strangers: 600,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 5_000,
  stalledMs: 60_000,
  tailBufferedBytes: 1024 * 1024,
  tailFrameBytes: 4 * 1024,
  dashboardBufferedBytes: 256 * 1024,
  dashboardThrottleMs: 50,
  actorsBufferedBytes: 256 * 1024,
  heartbeatMs: 20_000,
};
