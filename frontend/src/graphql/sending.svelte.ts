import { problemOf } from '../ui/problems';
import { rejectionText, type Rejection } from './rejections';
import type { Outcome } from './send';

/** One command of a form on its way: whether it is being sent, and why it was not done, at the field it concerns. */
export class Sending {
  isBusy = $state(false);
  rejection: Rejection | null = $state.raw(null);
  error: unknown = $state.raw(null);

  /** Send; null when it was refused or failed, and then the reason stands here until the next try. */
  async run<Success>(work: () => Promise<Outcome<Success>>): Promise<Success | null> {
    this.forget();
    this.isBusy = true;
    try {
      return this.#take(await work());
    } catch (error) {
      this.error = error;
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  /** What to say at a field: the refusal that is about it. */
  at(field: string): string | null {
    return this.#isAbout(field) ? this.text : null;
  }

  /** What to say at the form: any reason that is about none of these fields. */
  elsewhere(...fields: string[]): string | null {
    return fields.some((field) => this.#isAbout(field)) ? null : this.text;
  }

  /** The reason in words. */
  get text(): string | null {
    if (this.rejection) return rejectionText(this.rejection);
    return this.error ? problemOf(this.error).text : null;
  }

  forget(): void {
    this.rejection = null;
    this.error = null;
  }

  #isAbout(field: string): boolean {
    return this.rejection?.__typename === 'InvalidInput' && this.rejection.field === field;
  }

  #take<Success>(outcome: Outcome<Success>): Success | null {
    if (outcome.ok) return outcome.value;
    this.rejection = outcome.rejection;
    return null;
  }
}
