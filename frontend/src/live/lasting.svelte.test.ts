import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { lasting } from './lasting.svelte';

class Doubled {
  value = $state(1);
  readonly doubled = $derived(this.value * 2);
}

describe('lasting', () => {
  it('makes something that goes on deriving when the component that made it is gone', () => {
    let made: Doubled | undefined;
    const leave = $effect.root(() => {
      const wanted = $derived(lasting(() => new Doubled()));
      $effect(() => {
        made = wanted;
        void wanted.doubled;
      });
    });
    flushSync();
    leave();
    (made as Doubled).value = 5;
    let shown = 0;
    const leaveAgain = $effect.root(() => {
      $effect(() => void (shown = (made as Doubled).doubled));
    });
    flushSync();
    expect(shown).toBe(10);
    leaveAgain();
  });
});
