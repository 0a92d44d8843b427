/** Make something that outlives the component that asks for it first: else what it derives would freeze with that component. */
export function lasting<T>(make: () => T): T {
  let made: T | undefined;
  $effect.root(() => {
    made = make();
  });
  return made as T;
}
