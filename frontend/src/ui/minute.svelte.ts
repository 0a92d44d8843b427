import { createSubscriber } from 'svelte/reactivity';

/** Ticks twice a minute for all relative times of the page together. */
class Minute {
  #count = 0;
  #follow = createSubscriber((update) => {
    const timer = setInterval(() => {
      this.#count += 1;
      update();
    }, 30_000);
    return () => clearInterval(timer);
  });

  get current(): number {
    this.#follow();
    return this.#count;
  }
}

export const minute = new Minute();
