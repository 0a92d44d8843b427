/** Where a map's themes and ideas lead. `staysHere`: to the same page, which then keeps its scroll. */
export interface Ways {
  theme(id: string | null): string;
  part(id: string): string;
  idea(id: string): string;
  staysHere: boolean;
}

/** The participants' map: to the pages of themes and ideas. */
export function pageWays(slug: string): Ways {
  return {
    theme: (id) => (id ? `/jam/${slug}/themes/${id}` : `/jam/${slug}/themes`),
    part: (id) => `/jam/${slug}/themes/${id}`,
    idea: (id) => `/jam/${slug}/idea/${id}`,
    staysHere: false,
  };
}
