import { locale } from './locale.svelte';

const two = (value: number): string => String(value).padStart(2, '0');

/** Milliseconds since 1970 as the value of a `datetime-local` field, in the device's own time zone: "2026-11-22T14:05". */
export function toLocalInput(at: number): string {
  const day = new Date(at);
  const date = `${String(day.getFullYear()).padStart(4, '0')}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  return `${date}T${two(day.getHours())}:${two(day.getMinutes())}`;
}

/** The instant that a `datetime-local` field names, in milliseconds since 1970; null when it is empty or no date. */
export function fromLocalInput(value: string): number | null {
  const at = value ? new Date(value).getTime() : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** The device's time zone in words: "Israel Standard Time (Asia/Jerusalem)". */
export function zoneName(at: number = Date.now()): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const parts = new Intl.DateTimeFormat(locale.code, { timeZoneName: 'long' }).formatToParts(at);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value;
  return name && name !== zone ? `${name} (${zone})` : zone;
}
