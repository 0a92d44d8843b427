/** What the server tells a device by a push; see server/push/message.py. */
export interface Letter {
  /** The same for the same push, however often it comes. */
  id: string;
  /** Of pushes with the same tag the newest is enough. */
  tag: string;
  title: string;
  body: string;
  lang: string;
  dir: 'ltr' | 'rtl';
  /** The page that it leads to. */
  path: string;
  at: number;
}

/** What a push holds, or null for what can't be one of ours. */
export function letterIn(text: string | null): Letter | null {
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as Partial<Letter> | null;
    const isWhole = ['id', 'tag', 'title', 'body', 'lang', 'path'].every((name) => typeof found?.[name as keyof Letter] === 'string');
    if (!found || !isWhole || typeof found.at !== 'number') return null;
    return { ...(found as Letter), dir: found.dir === 'rtl' ? 'rtl' : 'ltr', path: pathOf(found.path) };
  } catch {
    return null;
  }
}

/** A page of ours; anything else leads to the first page. */
export function pathOf(path: unknown): string {
  return typeof path === 'string' && /^\/(?![/\\])[^\s]*$/.test(path) ? path : '/';
}

/** How a letter is shown. One that was shown before takes the place of itself without a sound. */
export function shownAs(letter: Letter, wasShown: boolean): NotificationOptions & { renotify: boolean; timestamp: number } {
  return {
    body: letter.body,
    lang: letter.lang,
    dir: letter.dir,
    tag: letter.tag,
    icon: '/icons/icon-192.png',
    badge: '/icons/icon-192.png',
    timestamp: letter.at,
    silent: wasShown,
    renotify: !wasShown,
    data: { id: letter.id, path: letter.path },
  };
}
