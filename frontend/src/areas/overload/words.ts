import type { Shed } from '../../graphql/overloaded';
import { m } from '../../paraglide/messages';

/** What is off, in words; nothing for what the line says otherwise. */
export function offWord(shed: Shed): string | null {
  switch (shed) {
    case 'PRESENCE':
      return m.busy_off_presence();
    case 'TYPING_HELP':
      return m.busy_off_typing();
    case 'THEME_UPDATES':
      return m.busy_off_themes();
    case 'HEAVY_QUERIES':
      return m.busy_off_heavy();
    case 'ARRIVALS':
    case 'WRITES':
      return null;
  }
}
