import { tick } from 'svelte';
import { m } from '../../paraglide/messages';
import { toasts } from '../../ui/toasts.svelte';
import { actsFor, type Act, type ActName } from './acts';
import { neighbour } from './cases';
import type { Desk, Place } from './desk.svelte';
import type { Command } from './keys';
import { doneWord, troubleText } from './words';

/** Do what a key asks for, with what is chosen. */
export async function obey(desk: Desk, command: Exclude<Command, 'keys'>): Promise<void> {
  if (command === 'next') step(desk, 1);
  else if (command === 'previous') step(desk, -1);
  else if (command === 'undo') await undo(desk);
  else if (command === 'stream' || command === 'queue') goTo(desk, command);
  else if (desk.chosen) begin(desk, desk.chosen, command);
}

function idsOf(desk: Desk, column: Place['column']): readonly string[] {
  return column === 'queue' ? desk.cases.map((item) => item.id) : desk.shownInStream;
}

function step(desk: Desk, by: number): void {
  const column = desk.chosen?.column ?? 'queue';
  const id = neighbour(desk.chosen?.id ?? null, idsOf(desk, column), by);
  if (id) choose(desk, { column, id });
}

function goTo(desk: Desk, column: Place['column']): void {
  const id = idsOf(desk, column)[0];
  if (id) choose(desk, { column, id });
}

function choose(desk: Desk, place: Place): void {
  desk.chosen = place;
  void focusChosen(desk);
}

/** The id of the element that stands for a place. */
export function elementId({ column, id }: Place): string {
  return `${column}-${id}`;
}

/** Move the focus to what is chosen, and bring it into view. */
async function focusChosen(desk: Desk): Promise<void> {
  await tick();
  const element = desk.chosen && document.getElementById(elementId(desk.chosen));
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: 'nearest' });
}

/** Begin an act: ask for its reason in place. */
export function begin(desk: Desk, place: Place, name: ActName): void {
  const thing = desk.thing(place.id);
  const possible = thing ? actsFor(thing, desk.caseOf(place.id) !== undefined) : ['dismiss'];
  if (!possible.includes(name) || desk.busy.has(place.id)) return;
  desk.chosen = place;
  desk.asking = { ...place, name };
}

/** Give up the act whose reason was being asked for. */
export function stopAsking(desk: Desk): void {
  if (desk.asking) desk.troubles.delete(desk.asking.id);
  desk.asking = null;
  void focusChosen(desk);
}

/** Do an act that has all it needs, and say so with a way back. Whether it was done. */
export async function finish(desk: Desk, place: Place, act: Act): Promise<boolean> {
  const before = desk.thing(place.id);
  const done = await desk.act(act, place.id);
  if (!done) return false;
  if (desk.asking?.id === place.id) desk.asking = null;
  void focusChosen(desk);
  if (done.unsettled) toasts.fail(m.console_unsettled({ why: troubleText(done.unsettled) }));
  toasts.say(doneWord(act), before ? { label: m.ui_undo(), run: () => void undo(desk) } : undefined);
  return true;
}

/** Take back the last act done at this desk. */
export async function undo(desk: Desk): Promise<void> {
  try {
    const result = await desk.undo(m.console_undo_reason());
    if (!result) return;
    if (result.rejection) toasts.fail(troubleText(result.rejection));
    else toasts.say([m.console_undone({ act: doneWord(result.undone.act) }), result.undone.reportId && m.console_waits_again()].filter(Boolean).join(' '));
  } catch (error) {
    toasts.fail(troubleText(error as Error));
  }
}
