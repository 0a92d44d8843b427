/**
 * No usable answer came back.
 * `network`: it may or may not have arrived; the same command may be sent again. `server`: the server could not do it.
 */
export class RequestFailed extends Error {
  constructor(
    readonly kind: 'network' | 'server',
    message: string,
  ) {
    super(message);
    this.name = 'RequestFailed';
  }
}
