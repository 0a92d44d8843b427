/** What was typed and not sent yet, kept on this device under `key`: `kept(key)` at the start, `keep` while it changes. */
export function kept<T>(key: string, otherwise: T): T {
  try {
    const stored = localStorage.getItem(nameOf(key));
    return stored === null ? otherwise : (JSON.parse(stored) as T);
  } catch {
    return otherwise;
  }
}

/** Keep what `read` gives whenever it changes; call it while a component is made. `null` forgets it. */
export function keep(key: string, read: () => unknown): void {
  $effect(() => {
    const value = $state.snapshot(read());
    if (value === null) forget(key);
    else localStorage.setItem(nameOf(key), JSON.stringify(value));
  });
}

/** Forget what was kept: it has arrived, or was given up. */
export function forget(key: string): void {
  localStorage.removeItem(nameOf(key));
}

function nameOf(key: string): string {
  return `hothouse.kept.${key}`;
}
