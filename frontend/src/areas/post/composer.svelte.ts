import { mutate, query } from '../../graphql/client';
import type { Rejection } from '../../graphql/rejections';
import { detectLanguage } from '../../i18n/detect';
import { postIdea, postUnnamedIdea } from '../../live/commands.svelte';
import type { Idea } from '../../live/fragments';
import type { LiveJam } from '../../live/live_jam.svelte';
import { outbox } from '../../outbox/outbox.svelte';
import { outcomeOf } from '../../outbox/outcome';
import { MyDrafts, ParentIdea, SaveDraft } from './documents';
import { DRAFT_KEY, forgetDraft, isWritten, keepDraft, keptDraft, newerDraft, readDraft, type Draft } from './drafts';

const SERVER_AFTER_MS = 2_500;

/** Where a sent idea stands when the author can go on. */
export type Sent = { at: 'idea'; id: string } | { at: 'board' } | { at: 'form'; rejection: Rejection | null };

/** The idea being written: its fields, its drafts on the device and on the server, and the sending of it. */
export class Composer {
  title = $state('');
  body = $state('');
  topicId = $state('');
  /** Empty while the language is the detected one. */
  chosenLanguage = $state('');
  parentIds: string[] = $state([]);
  /** The circle that it is for, and nobody else. */
  circleId: string | null = $state(null);
  parents: Idea[] = $state.raw([]);
  savedAt: number | null = $state(null);
  /** How many ideas close to this one are shown beside it. */
  nearCount = $state(0);
  isSending = $state(false);
  /** Whether it is posted without the viewer's name. */
  withoutName = $state(false);
  /** Set while a draft of an earlier visit fills the form. */
  isRestored = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDone = false;

  constructor(
    private readonly jam: LiveJam,
    private readonly personId: string,
    private readonly pageLanguage: string,
  ) {}

  /** Where one may post without a name a draft under the name would tell whose it was: the server is given none. */
  get staysOnDevice(): boolean {
    return this.jam.head.anonymity.isOn;
  }

  get text(): string {
    return `${this.title}\n${this.body}`.trim();
  }

  get language(): string {
    return this.chosenLanguage || detectLanguage(this.text, this.pageLanguage);
  }

  /** Bring back what was begun: on this device at once, from the server if that is newer. */
  async restore(parentId: string | null): Promise<void> {
    const local = keptDraft(this.personId, this.jam.id);
    if (isWritten(local)) this.#fill(local);
    if (parentId) this.addParent(parentId);
    await this.#restoreFromServer(local).catch(() => undefined);
  }

  addParent(id: string): void {
    if (!this.parentIds.includes(id)) this.parentIds.push(id);
    void this.#loadParents();
  }

  removeParent(id: string): void {
    this.parentIds = this.parentIds.filter((other) => other !== id);
    this.parents = this.parents.filter((idea) => idea.id !== id);
    this.changed();
  }

  /** Keep what is written: here at once, on the server after a pause. */
  changed(): void {
    if (this.#isDone) return;
    keepDraft(this.personId, this.jam.id, this.#draft());
    this.savedAt = Date.now();
    clearTimeout(this.#timer);
    if (!this.staysOnDevice) this.#timer = setTimeout(() => void this.#saveOnServer(), SERVER_AFTER_MS);
  }

  /** Empty the form and forget the draft everywhere. */
  startOver(): void {
    this.#fill({ title: '', body: '', topicId: this.topicId, language: '', parentIds: [], circleId: null, updatedAt: 0 });
    this.isRestored = false;
    this.#forget();
  }

  /** Hand the idea over: once it is on its way nothing can be lost, so the author need not wait long. */
  async send(): Promise<Sent> {
    this.isSending = true;
    const { title, body, topicId, language, parentIds } = this;
    const idea = { jamId: this.jam.id, topicId, title: title.trim(), body: body.trim(), language, parentIds: [...parentIds], ...this.#audience() };
    const entry = this.withoutName && !this.circleId ? await postUnnamedIdea(this.jam, idea) : postIdea(this.jam, idea);
    const outcome = await outcomeOf(entry);
    this.isSending = false;
    if (outcome.is === 'failed') {
      void outbox.drop(entry.id);
      return { at: 'form', rejection: outcome.rejection };
    }
    this.#finish();
    return outcome.is === 'done' ? { at: 'idea', id: outcome.value.idea.id } : { at: 'board' };
  }

  #audience(): { audience?: { kind: 'CIRCLE'; circleId: string } } {
    return this.circleId ? { audience: { kind: 'CIRCLE', circleId: this.circleId } } : {};
  }

  #finish(): void {
    this.#isDone = true;
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    forgetDraft(this.personId, this.jam.id);
    this.savedAt = null;
    void this.#saveOnServer('').catch(() => undefined);
  }

  #draft(): Draft {
    const { title, body, topicId, parentIds, circleId } = this;
    return { title, body, topicId, language: this.chosenLanguage, parentIds: [...parentIds], circleId, updatedAt: Date.now() };
  }

  #fill(draft: Draft): void {
    this.title = draft.title;
    this.body = draft.body;
    if (this.jam.topic(draft.topicId)?.viewerCanPost) this.topicId = draft.topicId;
    this.chosenLanguage = draft.language;
    this.parentIds = [...draft.parentIds];
    // What was begun for a circle does not become public by being taken up again.
    this.circleId ??= draft.circleId ?? null;
    this.isRestored = isWritten(draft);
    void this.#loadParents();
  }

  async #restoreFromServer(local: Draft | null): Promise<void> {
    const { viewer } = await query(MyDrafts, { jamId: this.jam.id });
    const stored = viewer?.drafts.find((draft) => draft.key === DRAFT_KEY);
    const remote = readDraft(stored?.body);
    const newer = newerDraft(local, remote);
    const isUntouched = this.title === (local?.title ?? '') && this.body === (local?.body ?? '');
    if (newer && newer === remote && isUntouched) this.#fill(newer);
  }

  async #saveOnServer(body = JSON.stringify(this.#draft())): Promise<void> {
    await mutate(SaveDraft, { input: { jamId: this.jam.id, key: DRAFT_KEY, body } }).catch(() => undefined);
  }

  async #loadParents(): Promise<void> {
    const ideas = await Promise.all(this.parentIds.map((id) => this.jam.ideas.get(id) ?? query(ParentIdea, { id }).then((data) => data.idea)));
    this.parents = ideas.filter((idea): idea is Idea => idea !== null);
  }
}
