import type { Attachment } from 'svelte/attachments';
import { mutate } from '../graphql/client';
import { graphql } from '../graphql/graphql';

const MarkSeen = graphql(`
  mutation MarkSeen($input: MarkSeenInput!) { markSeen(input: $input) }
`);

const LONG_ENOUGH_MS = 1_000;
const TOGETHER_MS = 10_000;

/** Collects which ideas stood on the screen for a second: it feeds the fair order, and may be lost. */
export class SeenIdeas {
  #waiting = new Set<string>();
  #told = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly jamId: string) {}

  /** `{@attach seen.watch(id)}` on an idea's card. */
  watch(id: string): Attachment {
    return (element) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const observer = new IntersectionObserver(
        ([entry]) => {
          clearTimeout(timer);
          if (entry?.isIntersecting) timer = setTimeout(() => this.#note(id), LONG_ENOUGH_MS);
        },
        { threshold: 0.6 },
      );
      observer.observe(element);
      return () => {
        clearTimeout(timer);
        observer.disconnect();
      };
    };
  }

  #note(id: string): void {
    if (this.#told.has(id)) return;
    this.#told.add(id);
    this.#waiting.add(id);
    this.#timer ??= setTimeout(() => void this.#tell(), TOGETHER_MS);
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    const ideaIds = [...this.#waiting];
    this.#waiting.clear();
    await mutate(MarkSeen, { input: { jamId: this.jamId, ideaIds } }).catch(() => undefined);
  }
}
