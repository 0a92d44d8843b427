import type { Entry } from '../../outbox/entry';
import { kindWords, textOf, when } from './words';

/** Give everything that waits as a text file: words never have to be lost. */
export function saveAsFile(entries: readonly Entry[]): void {
  const parts = entries.map((entry) => `${kindWords(entry)}\n${when(entry.at)}\n\n${textOf(entry)}`.trim());
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([parts.join('\n\n—\n\n'), '\n'], { type: 'text/plain;charset=utf-8' }));
  link.download = 'hothouse.txt';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
