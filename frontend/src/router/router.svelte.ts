/** From here on board and idea stand side by side; a link marked `data-keep-scroll` then leaves the page where it is. */
const SIDE_BY_SIDE = '(min-width: 1080px)';

/** How far a page was scrolled, and where on the screen the link stood by which it was left. */
interface Position {
  scroll: number;
  link: { href: string; top: number } | null;
}

const TOP: Position = { scroll: 0, link: null };

/** Parts not drawn yet change their height when they are: after so many frames a place is where it was. */
const FRAMES = 3;

/** Where the page is, and how to go elsewhere. Links are plain <a href>: clicks on them are taken over here. */
class Router {
  #url = $state.raw(new URL(location.href));
  #positions = new Map<string, Position>();
  #position: Position | null = null;
  #followed: Position['link'] = null;
  #entry = (history.state as { entry?: string } | null)?.entry ?? 'first';

  get url(): URL {
    return this.#url;
  }

  get path(): string {
    return this.#url.pathname;
  }

  get query(): URLSearchParams {
    return this.#url.searchParams;
  }

  /** Go to a path of this site. `replace` leaves no trace in the history; `keepScroll` stays where the page is. */
  go(to: string, options: { replace?: boolean; keepScroll?: boolean } = {}): void {
    const target = new URL(to, location.href);
    if (options.replace) history.replaceState({ entry: this.#entry }, '', target);
    else this.#push(target);
    this.#show(target, options.keepScroll ? null : TOP);
  }

  /** Change the query of this page in place: filters, orders. An empty or null value removes it. */
  setQuery(values: Record<string, string | null | undefined>): void {
    const target = new URL(this.#url);
    for (const [name, value] of Object.entries(values)) {
      if (value) target.searchParams.set(name, value);
      else target.searchParams.delete(name);
    }
    this.go(target.pathname + target.search, { replace: true, keepScroll: true });
  }

  /** Back to where the viewer came from, or to `otherwise` when this page was the first one. */
  back(otherwise: string): void {
    if (this.#entry === 'first') this.go(otherwise, { replace: true });
    else history.back();
  }

  start(): void {
    history.scrollRestoration = 'manual';
    addEventListener('popstate', (event) => this.#popped(event));
    addEventListener('click', (event) => this.#clicked(event));
  }

  /** Called when the page of the address is drawn: only now can it be scrolled to where it was. */
  settle(): void {
    if (this.#position) returnTo(this.#position);
    this.#position = null;
  }

  #push(target: URL): void {
    this.#positions.set(this.#entry, { scroll: scrollY, link: this.#followed });
    this.#entry = crypto.randomUUID();
    history.pushState({ entry: this.#entry }, '', target);
  }

  #popped(event: PopStateEvent): void {
    this.#positions.set(this.#entry, { scroll: scrollY, link: null });
    this.#entry = (event.state as { entry?: string } | null)?.entry ?? 'first';
    this.#show(new URL(location.href), this.#positions.get(this.#entry) ?? TOP);
  }

  #show(target: URL, position: Position | null): void {
    this.#url = target;
    this.#position = position;
  }

  #clicked(event: MouseEvent): void {
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || !isPlainClick(event) || !isOurs(link)) return;
    event.preventDefault();
    this.#followed = { href: link.href, top: link.getBoundingClientRect().top };
    this.go(link.href, { keepScroll: keepsScroll(link) });
    this.#followed = null;
  }
}

function returnTo({ scroll, link }: Position): void {
  scrollTo({ top: scroll, behavior: 'instant' });
  if (link) holdStill(link, FRAMES);
}

/** Scroll so that a link stands where it stood, until what is around it has been drawn. */
function holdStill(link: NonNullable<Position['link']>, frames: number): void {
  const there = [...document.links].find((one) => one.href === link.href && one.checkVisibility());
  if (!there) return;
  scrollBy({ top: there.getBoundingClientRect().top - link.top, behavior: 'instant' });
  if (frames > 1) requestAnimationFrame(() => holdStill(link, frames - 1));
}

/** `data-keep-scroll` keeps the place where board and idea stand side by side; "always" on a phone as well. */
function keepsScroll({ dataset: { keepScroll } }: HTMLAnchorElement): boolean {
  return keepScroll === 'always' || (keepScroll !== undefined && matchMedia(SIDE_BY_SIDE).matches);
}

function isPlainClick(event: MouseEvent): boolean {
  return !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

const SERVER_PATHS = ['/export/', '/auth/', '/graphql', '/healthz'];

function isOurs(link: HTMLAnchorElement): boolean {
  const leaves = link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin;
  const isAnchor = link.pathname === location.pathname && link.search === location.search && link.hash !== '';
  return !leaves && !isAnchor && !SERVER_PATHS.some((path) => link.pathname.startsWith(path));
}

export const router = new Router();
