type Listener = () => void;

/** Told when the server no longer knows who this is: the session ended elsewhere or by time. */
class SignedOut {
  #listener: Listener = () => undefined;

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  tell(): void {
    this.#listener();
  }
}

export const signedOut = new SignedOut();
