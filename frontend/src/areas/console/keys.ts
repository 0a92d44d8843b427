import type { ActName } from './acts';

export type Command = ActName | 'next' | 'previous' | 'undo' | 'stream' | 'queue' | 'keys';

/** One letter for each command: by where the key stands, so that it is the same with a Hebrew layout. */
export const KEYS: readonly { letter: string; command: Command }[] = [
  { letter: 'j', command: 'next' },
  { letter: 'k', command: 'previous' },
  { letter: 'd', command: 'dismiss' },
  { letter: 'h', command: 'hide' },
  { letter: 'r', command: 'remove' },
  { letter: 'b', command: 'restore' },
  { letter: 'm', command: 'merge' },
  { letter: 'n', command: 'unmerge' },
  { letter: 't', command: 'move' },
  { letter: 'l', command: 'lock' },
  { letter: 'p', command: 'pin' },
  { letter: 'f', command: 'feature' },
  { letter: 'u', command: 'undo' },
  { letter: 's', command: 'stream' },
  { letter: 'q', command: 'queue' },
  { letter: '?', command: 'keys' },
];

/** The letter that calls a command. */
export function letterOf(command: Command): string | undefined {
  return KEYS.find((key) => key.command === command)?.letter;
}

/** What a pressed key needs to tell. */
export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}

/** The command of a key; null for any other key, and for combinations, which are the browser's. */
export function commandOf(pressed: Pressed): Command | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.isComposing) return null;
  const letter = letterPressed(pressed);
  return KEYS.find((key) => key.letter === letter)?.command ?? null;
}

/** A Latin letter as the layout gives it (Dvorak, AZERTY), else by the place of the key. */
function letterPressed({ key, code }: Pressed): string {
  if (key === '?') return '?';
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : '';
}

/** Whether a key pressed here belongs to what is focused: one writes, or chooses in a list or a menu. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="menu"], [role="dialog"]') !== null;
}
