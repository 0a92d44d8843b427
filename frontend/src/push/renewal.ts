import { keepFact, keptFact } from '../outbox/database';

/** How this browser tells the server of a subscription: kept by the page when it is turned on, read where no page is open. */
export interface Renewal {
  person: string;
  text: string;
  hash?: string;
  publicKey: string;
  zone: string;
}

const NAME = 'push';

export const keepRenewal = (renewal: Renewal): Promise<void> => keepFact(NAME, renewal);

export const keptRenewal = (): Promise<Renewal | null> => keptFact<Renewal>(NAME);

export const dropRenewal = (): Promise<void> => keepFact(NAME, null);
