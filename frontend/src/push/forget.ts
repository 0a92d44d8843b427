import { disagree } from './device';
import { dropRenewal } from './renewal';

/** Nothing more is told on this device, and nothing told lies there: it was turned off, or its person signed out. */
export async function forgetPushes(): Promise<void> {
  await dropRenewal();
  await disagree().catch(() => undefined);
}
