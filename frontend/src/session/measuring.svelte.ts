const KEY = 'hothouse.measuring';

/** Whether this device says how long votes took to its screen. Off until someone turns it on here. */
class Measuring {
  #isOn = $state(localStorage.getItem(KEY) === 'on');

  get isOn(): boolean {
    return this.#isOn;
  }

  set isOn(on: boolean) {
    this.#isOn = on;
    localStorage.setItem(KEY, on ? 'on' : 'off');
  }
}

export const measuring = new Measuring();
