import { decimal, milliseconds, number, percent } from '../../i18n/format';
import { m } from '../../paraglide/messages';
import type { IconName } from '../../ui/icons';
import type { Alarm, Figure, FigureName } from './documents';

interface Advice {
  /** What to do about it. */
  text: () => string;
  /** The heading in docs/operations.md; it is an English document. */
  section: string;
}

const advice = (text: () => string, section: string): Advice => ({ text, section });
const lag = advice(m.operations_do_lag, 'The loop is held');
const commit = advice(m.operations_do_commit, 'Acts take long to be kept');

const NAMES: Record<FigureName, () => string> = {
  PRESSURE: m.operations_figure_pressure,
  LAG_P50: m.operations_figure_lag_p50,
  LAG_P99: m.operations_figure_lag_p99,
  COMMIT_P50: m.operations_figure_commit_p50,
  COMMIT_P95: m.operations_figure_commit_p95,
  COMMIT_P99: m.operations_figure_commit_p99,
  COMMANDS_WAITING: m.operations_figure_commands_waiting,
  VOTES: m.operations_figure_votes,
  ACTS: m.operations_figure_acts,
  REFUSED: m.operations_figure_refused,
  CONNECTIONS: m.operations_figure_connections,
  TICK: m.operations_figure_tick,
  MESSAGES: m.operations_figure_messages,
  MEMORY: m.operations_figure_memory,
  STORE: m.operations_figure_store,
  THEMES_BACKLOG: m.operations_figure_themes_backlog,
  CLOCK_LEAPT: m.operations_figure_clock_leapt,
  TRACES_LOST: m.operations_figure_traces_lost,
  MAILS_WAITING: m.operations_figure_mails_waiting,
  WEBHOOKS_WAITING: m.operations_figure_webhooks_waiting,
  WEBHOOKS_DEAD: m.operations_figure_webhooks_dead,
  PUSHES_WAITING: m.operations_figure_pushes_waiting,
  SNAPSHOT_BEHIND: m.operations_figure_snapshot_behind,
  JOURNAL_SIZE: m.operations_figure_journal_size,
  DISK_FREE: m.operations_figure_disk_free,
  BACKUP_AGE: m.operations_figure_backup_age,
  CERTIFICATE: m.operations_figure_certificate,
};

const ADVICE: Partial<Record<FigureName, Advice>> = {
  PRESSURE: advice(m.operations_do_pressure, 'More to do than can be done'),
  LAG_P50: lag,
  LAG_P99: lag,
  COMMIT_P50: commit,
  COMMIT_P95: commit,
  COMMIT_P99: commit,
  COMMANDS_WAITING: advice(m.operations_do_waiting, 'Acts wait to be kept'),
  CONNECTIONS: advice(m.operations_do_connections, 'Connections run out'),
  TICK: advice(m.operations_do_tick, 'Ticks take long'),
  MEMORY: advice(m.operations_do_memory, 'Memory runs out'),
  STORE: advice(m.operations_do_store, 'The store is slow or away'),
  THEMES_BACKLOG: advice(m.operations_do_themes, 'Themes fall behind'),
  CLOCK_LEAPT: advice(m.operations_do_clock, 'The clock leapt'),
  TRACES_LOST: advice(m.operations_do_traces, 'Traces are lost'),
  MAILS_WAITING: advice(m.operations_do_mails, 'Mails wait'),
  WEBHOOKS_WAITING: advice(m.operations_do_webhooks, 'Webhooks wait or were given up'),
  WEBHOOKS_DEAD: advice(m.operations_do_webhooks_dead, 'Webhooks wait or were given up'),
  PUSHES_WAITING: advice(m.operations_do_pushes, 'Notifications wait'),
  SNAPSHOT_BEHIND: advice(m.operations_do_snapshot, 'Snapshots fall behind'),
  DISK_FREE: advice(m.operations_do_disk, 'The disk fills up'),
  BACKUP_AGE: advice(m.operations_do_backup, 'The last backup is old'),
  CERTIFICATE: advice(m.operations_do_certificate, 'The certificate ends'),
};

/** Figures that belong together, in the order in which they are read. */
export const GROUPS: readonly { key: string; title: () => string; names: readonly FigureName[] }[] = [
  { key: 'feel', title: m.operations_group_feel, names: ['PRESSURE', 'LAG_P50', 'LAG_P99', 'COMMIT_P50', 'COMMIT_P95', 'COMMIT_P99', 'TICK', 'STORE'] },
  { key: 'load', title: m.operations_group_load, names: ['VOTES', 'ACTS', 'REFUSED', 'CONNECTIONS', 'MESSAGES', 'MEMORY'] },
  { key: 'waits', title: m.operations_group_waits, names: ['COMMANDS_WAITING', 'THEMES_BACKLOG', 'MAILS_WAITING', 'WEBHOOKS_WAITING', 'WEBHOOKS_DEAD', 'PUSHES_WAITING', 'TRACES_LOST'] },
  { key: 'store', title: m.operations_group_store, names: ['SNAPSHOT_BEHIND', 'JOURNAL_SIZE', 'DISK_FREE', 'BACKUP_AGE', 'CERTIFICATE', 'CLOCK_LEAPT'] },
];

const LEVELS = [m.operations_level_0, m.operations_level_1, m.operations_level_2, m.operations_level_3, m.operations_level_4];

export const ALARMS: Record<Alarm, { word: () => string; icon: IconName; tone: 'leaf' | 'sun' | 'clay' }> = {
  FINE: { word: m.operations_alarm_fine, icon: 'check', tone: 'leaf' },
  WATCH: { word: m.operations_alarm_watch, icon: 'eye', tone: 'sun' },
  ACT: { word: m.operations_alarm_act, icon: 'warning', tone: 'clay' },
};

export function figureWord(name: FigureName): string {
  return NAMES[name]();
}

export function adviceOn(name: FigureName): Advice | undefined {
  return ADVICE[name];
}

/** A value with its unit, such as 240 ms, 1,204 MB or 18%. */
export function valueWords(unit: Figure['unit'], value: number): string {
  switch (unit) {
    case 'MILLISECONDS':
      return milliseconds(value);
    case 'PER_SECOND':
      return m.operations_per_second({ number: decimal(value, value < 10 ? 1 : 0) });
    case 'MEGABYTES':
      return m.operations_megabytes({ number: decimal(value, value < 10 ? 1 : 0) });
    case 'SHARE':
      return percent(value);
    case 'HOURS':
      return m.operations_hours({ number: decimal(value, value < 10 ? 1 : 0) });
    case 'DAYS':
      return m.operations_days({ number: decimal(value, 0) });
    case 'YES_OR_NO':
      return value ? m.operations_yes() : m.operations_no();
    case 'LEVEL':
      return (LEVELS[value] ?? m.operations_unknown)();
    case 'COUNT':
      return number(value);
  }
}

/** What stands in the column of now; a store that does not answer is worth a word of its own. */
export function nowWords(figure: Figure): string {
  if (figure.value === null) return figure.name === 'STORE' ? m.operations_no_answer() : m.operations_unknown();
  const value = valueWords(figure.unit, figure.value);
  return figure.bound ? m.operations_of({ value, bound: valueWords(figure.unit, figure.bound) }) : value;
}
