import { KeyTrouble } from '../../anonymity/sealing';
import { rejectionText, type Rejection } from '../../graphql/rejections';
import { number } from '../../i18n/format';
import { m } from '../../paraglide/messages';

/** Why something could not be posted without a name. */
export function unnamedText(rejection: Rejection, leastCrowd: number): string {
  if (rejection.__typename === 'NotAllowed') return m.anon_off();
  if (rejection.__typename === 'Conflict' && rejection.message.startsWith('Fewer than')) return m.anon_few({ number: number(leastCrowd) });
  return rejectionText(rejection);
}

const troubles: Record<KeyTrouble['why'], () => string> = {
  'no-key-file': m.audit_trouble_no_key_file,
  'wrong-passphrase': m.audit_trouble_wrong_passphrase,
  'other-key': m.audit_trouble_other_key,
  damaged: m.audit_trouble_damaged,
};

/** Why a key file opens nothing; null where that is not the trouble. */
export const keyTroubleText = (error: unknown): string | null => (error instanceof KeyTrouble ? troubles[error.why]() : null);
