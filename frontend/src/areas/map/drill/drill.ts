import type { IdeaOrder } from '../../../graphql/graphql';
import type { Ways } from '../ways';

/** How far down someone looks: a theme, a sub-theme of it, an idea; the order its ideas are listed in. */
export interface Drill {
  theme: string | null;
  part: string | null;
  idea: string | null;
  order: IdeaOrder;
}

/** What each step of the panel is given. `lead` takes whoever came by a link to the step's title, once it is there. */
export interface StepProps {
  drill: Drill;
  hrefTo: (step: Partial<Drill>) => string;
  lead: (title: HTMLElement) => void;
}

export const DRILL_ORDERS: readonly IdeaOrder[] = ['TOP', 'RISING', 'NEW', 'DISCUSSED'];

/** The drill that a page's query asks for: ?theme=…&part=…&idea=…&order=…. */
export function drillOf(query: URLSearchParams): Drill {
  const order = DRILL_ORDERS.find((one) => one === query.get('order')) ?? 'TOP';
  const theme = query.get('theme');
  return { theme, part: theme ? query.get('part') : null, idea: query.get('idea'), order };
}

/** The address of a drill on a page; what else its query holds is kept. */
export function drillHref(url: URL, drill: Partial<Drill>): string {
  const query = new URLSearchParams(url.search);
  for (const name of ['theme', 'part', 'idea', 'order'] as const) {
    const value = drill[name];
    if (value && !(name === 'order' && value === 'TOP')) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return url.pathname + (text ? `?${text}` : '');
}

/** The ways of a map whose page holds the drill-down. */
export function drillWays(url: URL, drill: Drill): Ways {
  return {
    theme: (id) => drillHref(url, { theme: id }),
    part: (id) => drillHref(url, { theme: drill.theme, part: id }),
    idea: (id) => drillHref(url, { theme: drill.theme, part: drill.part, idea: id }),
    staysHere: true,
  };
}
