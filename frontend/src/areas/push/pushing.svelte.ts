import { mutate, query } from '../../graphql/client';
import { textOf } from '../../graphql/canonical';
import { isRejection, rejectionText, type Rejection } from '../../graphql/rejections';
import { trusted } from '../../graphql/trusted';
import { m } from '../../paraglide/messages';
import { ability, agree, agreed, keyOf, zone, type Ability } from '../../push/device';
import { forgetPushes } from '../../push/forget';
import { keepRenewal, keptRenewal } from '../../push/renewal';
import { AddPushDevice, ChoosePush, EndPushDevice, MyPush, type PushWishes } from './documents';

export type Choice = Partial<{ kinds: PushWishes['kinds']; quietFrom: number; quietTo: number; zone: string; apartMinutes: number; showsWords: boolean }>;

/** Notifications of the person signed in, on this device and in general. Nothing is asked of them before they tap. */
export class Pushing {
  wishes: PushWishes | null = $state.raw(null);
  ability: Ability = $state(ability());
  isBusy = $state(false);
  trouble: string | null = $state(null);
  #hasAgreed = $state(false);

  constructor(private readonly personId: string) {}

  /** Whether this browser is told things. */
  get isOn(): boolean {
    return this.ability === 'able' && this.#hasAgreed && (this.wishes?.devices.some((device) => device.isThisOne) ?? false);
  }

  /** What the server and the browser know. Who has signed in anew on the device that they turned it on at stays told. */
  async load(): Promise<void> {
    this.wishes = (await query(MyPush, {})).viewer?.push ?? null;
    const subscription = await agreed();
    this.#hasAgreed = subscription !== null && keyOf(subscription) === this.wishes?.publicKey;
    const isOurs = (await keptRenewal())?.person === this.personId;
    if (subscription && this.#hasAgreed && isOurs && !this.isOn && this.ability === 'able') await this.#tell(subscription);
  }

  /** To be called from a tap: the browser asks its person then. */
  turnOn = (): Promise<void> =>
    this.#do(async () => {
      if (!this.wishes) await this.load();
      const subscription = await agree(this.wishes?.publicKey ?? '');
      this.ability = ability();
      if (!subscription) this.trouble = this.ability === 'blocked' ? null : m.push_not_agreed();
      else await this.#tell(subscription);
    });

  turnOff = (): Promise<void> =>
    this.#do(async () => {
      const here = this.wishes?.devices.find((device) => device.isThisOne);
      if (here) await this.#end(here.id);
      await forgetPushes();
      this.#hasAgreed = false;
    });

  end = (id: string): Promise<void> => (this.wishes?.devices.find((device) => device.id === id)?.isThisOne ? this.turnOff() : this.#do(() => this.#end(id)));

  choose = (choice: Choice): Promise<void> =>
    this.#do(async () => this.#take((await mutate(ChoosePush, { input: choice })).choosePush));

  async #end(deviceId: string): Promise<void> {
    this.#take((await mutate(EndPushDevice, { input: { deviceId } })).endPushDevice);
  }

  async #tell(subscription: PushSubscription): Promise<void> {
    const { endpoint, keys } = subscription.toJSON();
    const input = { endpoint: endpoint ?? '', key: keys?.p256dh ?? '', secret: keys?.auth ?? '', zone: zone() };
    if (!this.#take((await mutate(AddPushDevice, { input })).addPushDevice)) return;
    this.#hasAgreed = true;
    const publicKey = this.wishes?.publicKey ?? '';
    await keepRenewal({ person: this.personId, text: textOf(AddPushDevice), hash: trusted.hashOf(AddPushDevice), publicKey, zone: zone() });
  }

  /** What a command answered: false where it was refused. */
  #take(answer: { __typename: 'ViewerSuccess'; viewer: { push: PushWishes } } | Rejection): boolean {
    if (isRejection(answer)) {
      this.trouble = rejectionText(answer);
      return false;
    }
    this.wishes = answer.viewer.push;
    return true;
  }

  async #do(act: () => Promise<unknown>): Promise<void> {
    this.isBusy = true;
    this.trouble = null;
    try {
      await act();
    } catch {
      this.trouble = m.push_failed();
    }
    this.isBusy = false;
  }
}
