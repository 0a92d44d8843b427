import type { LiveJam } from '../live/live_jam.svelte';
import { m } from '../paraglide/messages';
import type { IconName } from '../ui/icons';

/** A way in the navigation. `key` is what a route calls its `place`. */
export interface Place {
  key: string;
  label: string;
  href: string;
  icon: IconName;
  badge?: number;
  /** Only in menus, and in the row of a wide header while one is there: that row has little room. */
  isAside?: boolean;
}

/** What everyone has at hand: the bottom bar of a phone. */
export function participantPlaces(jam: LiveJam): Place[] {
  const at = `/jam/${jam.slug}`;
  return [
    { key: 'board', label: m.nav_board(), href: at, icon: 'board' },
    { key: 'themes', label: m.nav_themes(), href: `${at}/themes`, icon: 'themes' },
    { key: 'post', label: m.nav_post(), href: `${at}/post`, icon: 'plus' },
    { key: 'inbox', label: m.nav_inbox(), href: `${at}/inbox`, icon: 'inbox', badge: jam.unreadCount },
    { key: 'me', label: m.nav_me(), href: `${at}/me`, icon: 'person' },
  ];
}

/** What some have besides, by what the server says they can do. */
export function workPlaces(jam: LiveJam): Place[] {
  const at = `/jam/${jam.slug}`;
  const { viewerCanModerate, viewerCanReadBriefing, viewerCanReadReach, viewerCanOrganize, viewerCanInvite } = jam.head;
  return [
    ...(viewerCanModerate ? [{ key: 'console', label: m.nav_console(), href: `${at}/console`, icon: 'shield' as const }] : []),
    ...(viewerCanReadBriefing ? [{ key: 'briefing', label: m.nav_briefing(), href: `${at}/briefing`, icon: 'chart' as const }] : []),
    ...(viewerCanReadBriefing ? [{ key: 'map', label: m.nav_map(), href: `${at}/map`, icon: 'map' as const }] : []),
    ...(viewerCanReadReach ? [{ key: 'reach', label: m.nav_reach(), href: `${at}/reach`, icon: 'people' as const, isAside: true }] : []),
    ...(viewerCanInvite ? [{ key: 'invite', label: m.nav_invite(), href: `${at}/invite`, icon: 'mail' as const, isAside: viewerCanModerate || viewerCanReadBriefing }] : []),
    ...(viewerCanOrganize ? [{ key: 'organize', label: m.nav_organize(), href: `${at}/organize`, icon: 'gear' as const }] : []),
  ];
}
