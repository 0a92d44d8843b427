import { query } from '../../graphql/client';
import type { Role } from '../../graphql/graphql';
import { MembersQuery, type Member } from './documents';

const PAGE = 100;

/** The members of a jam that fit a search, loaded page by page as one scrolls. */
export class MemberList {
  members: Member[] = $state.raw([]);
  total = $state(0);
  isLoading = $state(false);
  error: unknown = $state.raw(null);
  #cursor: string | null = null;
  #hasMore = true;
  #request = 0;

  constructor(private readonly jamId: string) {}

  /** Load from the start. */
  async search(words: string, role: Role | null): Promise<void> {
    this.#cursor = null;
    await this.#fetch(words, role, []);
  }

  /** The next page of the same search. */
  async more(words: string, role: Role | null): Promise<void> {
    if (this.isLoading || !this.#hasMore) return;
    await this.#fetch(words, role, this.members);
  }

  /** Show a role that has just been given. */
  take(personId: string | null, role: Role): void {
    this.members = this.members.map((member) => (member.person.id === personId ? { ...member, role } : member));
  }

  async #fetch(words: string, role: Role | null, before: Member[]): Promise<void> {
    const request = (this.#request += 1);
    this.isLoading = true;
    try {
      const { jam } = await query(MembersQuery, { jamId: this.jamId, first: PAGE, after: this.#cursor, query: words || null, role });
      if (request !== this.#request || !jam) return;
      const { edges, pageInfo, totalCount } = jam.members;
      this.members = [...before, ...edges.map((edge) => edge.node)];
      this.total = totalCount;
      this.#cursor = pageInfo.endCursor;
      this.#hasMore = pageInfo.hasNextPage;
      this.error = null;
    } catch (error) {
      if (request === this.#request) this.error = error;
    } finally {
      if (request === this.#request) this.isLoading = false;
    }
  }
}
