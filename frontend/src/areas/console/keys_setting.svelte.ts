const KEY = 'hothouse.console.keys';

/** Whether single letters are commands on this device: those who dictate to their machine turn it off (WCAG 2.1.4). */
class KeysSetting {
  #on = $state(localStorage.getItem(KEY) !== 'off');

  get current(): boolean {
    return this.#on;
  }

  set current(on: boolean) {
    this.#on = on;
    localStorage.setItem(KEY, on ? 'on' : 'off');
  }
}

export const keysAreOn = new KeysSetting();
