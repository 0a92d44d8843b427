import { createContext } from 'svelte';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { query } from '../../graphql/client';
import type { Rejection } from '../../graphql/rejections';
import { subscribe } from '../../graphql/subscribe.svelte';
import type { LiveJam, News } from '../../live/live_jam.svelte';
import { fresher } from '../../live/merge';
import { inverseOf, outcomeOf, type Act, type ActName } from './acts';
import { casesOf, nextAfter, type Case } from './cases';
import { ConsoleQuery, ModerationChanges, MyScopeQuery, PulseQuery } from './documents';
import type { ModerationChangesData, Pulse, Report, Thing } from './documents';
import { perform, reopen, type Done } from './perform';
import { covers, type Scope } from './scope';
import { Stream } from './stream.svelte';
import { keeps, type StreamFilter } from './stream_filter';

const PULSE_EVERY_MS = 20_000;
const PULSE_SOON_MS = 1_500;
const REMEMBERED_ACTS = 50;
const FEW = 10;
const LOADED = 50;

/** Where something stands on the desk. */
export interface Place {
  column: 'queue' | 'stream';
  id: string;
}

/** Why an act was not done. */
export interface Trouble {
  name: ActName;
  why: Rejection | Error;
}

/** Something done that can be taken back. */
interface Undoable {
  act: Act;
  thing: Thing;
  /** A report of the case that it closed: that is opened again with it. */
  reportId: string | null;
}

/** One moderator's desk: the queue, the stream and the jam's pulse, kept fresh; and what was done here, to take it back. */
export class Desk {
  readonly things = new SvelteMap<string, Thing>();
  readonly reports = new SvelteMap<string, Report>();
  readonly stream = new Stream();
  streamFilter: StreamFilter = $state.raw({ show: 'all', topicId: '' });
  /** What of the jam is this moderator's; null for all of it. */
  scope: Scope | null = $state.raw(null);
  pulse: Pulse | null = $state.raw(null);
  openReports = $state(0);
  isLoading = $state(true);
  error: unknown = $state.raw(null);
  /** The case or the thing of the stream that keys act on. */
  chosen: Place | null = $state.raw(null);
  /** The act whose reason is being asked for, and where. */
  asking: (Place & { name: ActName }) | null = $state.raw(null);
  /** Things with an act under way, and why the last act on a thing failed. */
  readonly busy = new SvelteSet<string>();
  readonly troubles = new SvelteMap<string, Trouble>();
  #done: Undoable[] = $state.raw([]);
  #seq = 0;
  #wasFull = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly jam: LiveJam) {}

  readonly cases: readonly Case<Report>[] = $derived(casesOf(this.reports.values()));

  /** What of the stream is shown, newest first. */
  readonly shownInStream: readonly string[] = $derived(
    this.stream.ids.filter((id) => {
      const thing = this.thing(id);
      return thing !== null && covers(this.scope, thing) && keeps(this.streamFilter, thing);
    }),
  );

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  /** The thing of a case or of the stream, as it is now. */
  thing(id: string | null | undefined): Thing | null {
    return this.things.get(id ?? '') ?? null;
  }

  caseOf(thingId: string): Case<Report> | undefined {
    return this.cases.find((item) => item.id === thingId);
  }

  /** Load everything, then follow it until the returned function is called. */
  start(): () => void {
    const live = this.load().then(() => this.#follow());
    const stopNews = this.jam.onNews((news) => this.#hearNews(news));
    const pulse = setInterval(() => document.hidden || void this.loadPulse(), PULSE_EVERY_MS);
    return () => {
      stopNews();
      clearInterval(pulse);
      clearTimeout(this.#timer);
      void live.then((stop) => stop());
    };
  }

  async load(): Promise<void> {
    try {
      await this.#loadScope();
      const { jam } = await query(ConsoleQuery, { jamId: this.jam.id, ...(this.scope ?? { topicIds: null, languages: null }) });
      this.#wasFull = jam?.reports.length === LOADED;
      if (jam) this.#takeAll(jam.reports, jam.stream, jam.seq);
      this.error = null;
    } catch (error) {
      this.error = error;
    } finally {
      this.isLoading = false;
    }
    await this.loadPulse();
  }

  async #loadScope(): Promise<void> {
    const { jam } = await query(MyScopeQuery, { jamId: this.jam.id });
    const limits = jam?.viewerScope;
    this.scope = limits ? { topicIds: limits.topics?.map((topic) => topic.id) ?? null, languages: limits.languages ?? null } : null;
  }

  /** The counts a minute and the log. What is shown stays when the server can't be asked. */
  async loadPulse(): Promise<void> {
    try {
      const { jam } = await query(PulseQuery, { jamId: this.jam.id });
      this.pulse = jam ?? this.pulse;
      this.openReports = jam?.health?.openReports ?? this.openReports;
    } catch {
      // The next beat asks again.
    }
  }

  /** Do an act on the thing of a case or of the stream. Null when it was not done: `troubles` says why. */
  async act(act: Act, id: string): Promise<Done | null> {
    this.troubles.delete(id);
    this.busy.add(id);
    try {
      return await this.#perform(act, id);
    } catch (error) {
      this.troubles.set(id, { name: act.name, why: error as Error });
      return null;
    } finally {
      this.busy.delete(id);
    }
  }

  /** Take back the last act that can be. Null when there is none. */
  async undo(reason: string): Promise<{ undone: Undoable; rejection: Rejection | null } | null> {
    const last = this.#done.at(-1);
    return last ? { undone: last, rejection: await this.#takeBack(last, reason) } : null;
  }

  /** Open a settled case again. Why that was not done; null when it was. */
  async reopen(reportId: string, reason: string): Promise<Rejection | null> {
    const rejection = await reopen(reportId, reason);
    if (!rejection) await this.load();
    return rejection;
  }

  async #takeBack(last: Undoable, reason: string): Promise<Rejection | null> {
    const inverse = inverseOf(last.act, last.thing, reason);
    const outcome = inverse ? await perform(inverse, last.thing, null) : null;
    if (outcome && !outcome.ok) return outcome.rejection;
    this.#done = this.#done.filter((done) => done !== last);
    this.#learn(outcome?.value.thing ?? null);
    this.#pulseSoon();
    return last.reportId ? this.reopen(last.reportId, reason) : null;
  }

  async #perform(act: Act, id: string): Promise<Done | null> {
    const thing = this.thing(id);
    const ofCase = this.caseOf(id);
    const outcome = await perform(act, thing, ofCase?.reports[0]?.id ?? null);
    if (outcome.ok) this.#took(act, thing, outcome.value, ofCase);
    else this.troubles.set(id, { name: act.name, why: outcome.rejection });
    return outcome.ok ? outcome.value : null;
  }

  #took(act: Act, before: Thing | null, { thing, unsettled }: Done, ofCase: Case<Report> | undefined): void {
    const closedCase = ofCase !== undefined && !unsettled && outcomeOf(act) !== null;
    const reportId = closedCase ? (ofCase.reports[0]?.id ?? null) : null;
    if (before) this.#done = [...this.#done, { act, thing: before, reportId }].slice(-REMEMBERED_ACTS);
    this.#learn(thing);
    if (ofCase && closedCase) this.#close(ofCase);
    this.#pulseSoon();
  }

  /** The mutation's own answer is enough to take a case out of the queue. */
  #close(closed: Case<Report>): void {
    const before = this.cases;
    for (const report of closed.reports) this.reports.delete(report.id);
    this.openReports = Math.max(0, this.openReports - closed.count);
    if (this.chosen?.column === 'queue' && this.chosen.id === closed.id) this.#choose(nextAfter(closed.id, before, this.cases));
    this.#fill();
  }

  #choose(id: string | null): void {
    this.chosen = id ? { column: 'queue', id } : null;
  }

  #takeAll(reports: readonly Report[], stream: readonly Thing[], seq: number): void {
    this.reports.clear();
    for (const report of reports) this.#hearReport(report);
    for (const thing of stream) this.#learn(thing);
    if (this.stream.ids.length === 0) this.stream.start(stream.map((thing) => thing.id));
    else this.stream.arrive(newestFirst(stream));
    this.#seq = Math.max(this.#seq, seq);
  }

  #follow(): () => void {
    const live = subscribe(
      ModerationChanges,
      () => ({ jamId: this.jam.id, afterSeq: this.#seq }),
      (data) => this.#hear(data.moderationChanges),
    );
    return () => live.stop();
  }

  #hear(data: ModerationChangesData): void {
    this.#seq = Math.max(this.#seq, data.seq);
    this.openReports = data.openReports;
    for (const report of data.reports) this.#hearReport(report);
    for (const thing of data.stream) this.#learn(thing);
    this.stream.arrive(newestFirst(data.stream));
    this.#fill();
    this.#pulseSoon();
  }

  #hearReport(report: Report): void {
    if (!covers(this.scope, report.comment ?? report.idea)) return void this.reports.delete(report.id);
    for (const thing of [report.idea, report.comment]) this.#learn(thing);
    if (report.outcome === null) this.reports.set(report.id, report);
    else this.reports.delete(report.id);
  }

  /** Counts, marks and status of what lies on the desk, from the jam's own ticks. */
  #hearNews(news: News): void {
    for (const thing of [...news.ideas, ...news.comments]) {
      const known = this.things.get(thing.id);
      if (known) this.#learn({ ...known, ...thing } as Thing);
    }
  }

  #learn(thing: Thing | null): void {
    if (thing) this.things.set(thing.id, fresher(this.things.get(thing.id), thing));
  }

  /** More cases wait at the server than are here: fetch them before the queue runs dry. */
  #fill(): void {
    const here = [...this.cases].reduce((sum, item) => sum + item.count, 0);
    const areMore = this.scope ? this.#wasFull : this.openReports > here;
    if (here < FEW && areMore && !this.isLoading) this.#loadSoon();
  }

  #loadSoon(): void {
    this.isLoading = true;
    setTimeout(() => void this.load(), PULSE_SOON_MS);
  }

  #pulseSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.loadPulse();
    }, PULSE_SOON_MS);
  }
}

function newestFirst(things: readonly Thing[]): string[] {
  return things.toSorted((a, b) => b.postedAt - a.postedAt).map((thing) => thing.id);
}

/** The desk of the console: `const desk = useDesk()` below ConsolePage. */
export const [useDesk, provideDesk] = createContext<Desk>();
