import { number } from '../../i18n/format';
import { outbox } from '../../outbox/outbox.svelte';
import { m } from '../../paraglide/messages';
import { announcer } from '../../ui/announcer.svelte';
import { toasts } from '../../ui/toasts.svelte';

const WAITED_MS = 5_000;

let arrived = 0;

/** What waited long has arrived: screen readers are told. A vote that went to another idea than was tapped is told to everyone. */
outbox.onDone((entry, value: { idea?: { id: string; title: string } } | null) => {
  if (document.hidden) return;
  if (entry.kind === 'support' && value?.idea && value.idea.id !== entry.target) toasts.say(m.wait_merged({ title: value.idea.title }));
  if (Date.now() - entry.at < WAITED_MS) return;
  arrived = outbox.entries.length > 1 ? arrived + 1 : 1;
  announcer.say('outbox', m.wait_arrived({ count: arrived, number: number(arrived) }));
});
