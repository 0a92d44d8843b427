/**
 * No usable answer came back.
 * `network`: it may or may not have arrived; the same command may be sent again. `busy`: the server asks to come back later.
 * `server`: the server could not do it. `outdated`: the server is newer than this page, which is to be loaded again.
 */
export class RequestFailed extends Error {
  constructor(
    readonly kind: 'network' | 'busy' | 'server' | 'outdated',
    message: string,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = 'RequestFailed';
  }
}

/** Whether the server could not be reached, or had no time: then what is on the device is all there is. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof RequestFailed && (error.kind === 'network' || error.kind === 'busy');
}
