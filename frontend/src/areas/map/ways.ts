/** Where a map's themes and ideas lead. `staysHere`: to the same page, which then keeps its scroll. */
export interface Ways {
  theme(id: string | null): string;
  part(id: string): string;
  idea(id: string): string;
  staysHere: boolean;
}
