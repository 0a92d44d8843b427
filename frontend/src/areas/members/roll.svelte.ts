import { query } from '../../graphql/client';
import type { MemberActivity, MemberOrder, MemberStanding, Relation, Role } from '../../graphql/graphql';
import { MemberIdsQuery, MembersPageQuery, type MemberOfList } from './documents';

export interface Wanted {
  query: string | null;
  role: Role | null;
  relation: Relation | null;
  country: string | null;
  standing: MemberStanding | null;
  activity: MemberActivity | null;
  invitedById: string | null;
  order: MemberOrder;
}

export const EVERYBODY: Wanted = {
  query: null, role: null, relation: null, country: null, standing: null, activity: null, invitedById: null, order: 'NAME',
};

const PAGE = 100;
const KEPT_PAGES = 30;

/** The members that are wanted, however many: pages are fetched as they come into sight, and the oldest are let go. */
export class Roll {
  total = $state(0);
  isLoading = $state(false);
  error: unknown = $state.raw(null);
  #pages: ReadonlyMap<number, readonly MemberOfList[]> = $state.raw(new Map());
  #asked = new Set<number>();
  #wanted: Wanted = EVERYBODY;
  #round = 0;

  constructor(private readonly jamId: string) {}

  get wanted(): Wanted {
    return this.#wanted;
  }

  /** The member at a place from 0; undefined while they are on their way. */
  at(place: number): MemberOfList | undefined {
    return this.#pages.get(Math.floor(place / PAGE))?.[place % PAGE];
  }

  /** Look for others: what was there is forgotten when the first page is here. */
  async want(wanted: Wanted): Promise<void> {
    this.#wanted = wanted;
    await this.again();
  }

  /** Fetch afresh what is in sight, as after something was done. */
  async again(first = 0): Promise<void> {
    this.#round += 1;
    this.#asked.clear();
    await this.#fetch(Math.floor(first / PAGE), true);
  }

  /** Sees to it that the places from `first` to `last` come. */
  show(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last) / PAGE); page += 1) {
      if (page * PAGE < this.total && !this.#pages.has(page) && !this.#asked.has(page)) void this.#fetch(page, false);
    }
  }

  /** Ids of all who match, in order. */
  async everyId(onPart: (known: number, total: number) => void = () => undefined): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const { jam } = await query(MemberIdsQuery, { jamId: this.jamId, at: ids.length, ...this.#wanted });
      const part = jam?.members.personIds ?? [];
      ids.push(...part);
      onPart(ids.length, jam?.members.totalCount ?? ids.length);
      if (part.length === 0 || ids.length >= (jam?.members.totalCount ?? 0)) return ids;
    }
  }

  /** Shows members as an act left them. */
  take(changed: readonly MemberOfList[]): void {
    const byId = new Map(changed.map((member) => [member.person.id, member]));
    this.#pages = new Map([...this.#pages].map(([page, rows]) => [page, rows.map((row) => byId.get(row.person.id) ?? row)]));
  }

  async #fetch(page: number, isNew: boolean): Promise<void> {
    const round = this.#round;
    this.#asked.add(page);
    this.isLoading = true;
    try {
      const { jam } = await query(MembersPageQuery, { jamId: this.jamId, at: page * PAGE, first: PAGE, ...this.#wanted });
      if (round !== this.#round || !jam) return;
      this.#put(page, jam.members.edges.map((edge) => edge.node), isNew);
      this.total = jam.members.totalCount;
      this.error = null;
    } catch (error) {
      if (round === this.#round) this.error = error;
      this.#asked.delete(page);
    } finally {
      if (round === this.#round) this.isLoading = false;
    }
  }

  #put(page: number, rows: readonly MemberOfList[], isNew: boolean): void {
    const pages = new Map(isNew ? [] : this.#pages);
    pages.set(page, rows);
    while (pages.size > KEPT_PAGES) {
      const oldest = pages.keys().next().value as number;
      pages.delete(oldest);
      this.#asked.delete(oldest);
    }
    this.#pages = pages;
  }
}
