import { afterEach, describe, expect, it } from 'vitest';
import { locale } from '../../../i18n/locale.svelte';
import type { Proposal, Run } from './documents';
import { consequenceWords, namedPart, proposalWords, runWords } from './words';

afterEach(() => locale.choose('en'));

const theme = (id: string, name: string) => ({ id, name, colorIndex: 1, ideaCount: 8, centralIdeas: [] });
const part = (themeId: string | null, name: string, isNew = false, movingCount = 0) => ({ themeId, name, isNew, ideaCount: 8, movingCount, centralIdeas: [] });

function proposal(kind: Proposal['kind'], themes: Proposal['themes'], parts: Proposal['parts']): Proposal {
  const figure = { before: 0.4, after: 0.5 };
  return { id: 'q', kind, status: 'OPEN', since: 0, movingCount: 4, confidence: 0.8, cohesion: figure, separation: figure, themes, parts } as Proposal;
}

const plain = (text: string) => text.replace(/[\u2068\u2069]/g, '');

describe('a proposal in words', () => {
  const merge = proposal('MERGE', [theme('a', 'Bikes'), theme('b', 'רכבות')], [part('a', 'Ways to work', false, 8)]);
  const split = proposal('SPLIT', [theme('a', 'Bikes')], [part('a', 'Lanes'), part('n', 'Repair', true, 4)]);
  const retire = proposal('RETIRE', [theme('a', 'Bikes')], [part('b', 'Trains', false, 4), part(null, '', false, 2)]);

  it('names its themes, each kept from turning the sentence', () => {
    expect(proposalWords(merge)).toBe('\u2068Bikes\u2069 and \u2068רכבות\u2069 look like one theme');
    expect(plain(proposalWords(split))).toBe('Bikes looks like 2 themes');
    expect(plain(proposalWords(retire))).toBe('Bikes no longer holds together');
    expect(plain(consequenceWords(merge, 'Commuting'))).toContain('come into Commuting');
  });

  it('has a Hebrew form for two', () => {
    locale.choose('he');
    expect(plain(proposalWords(split))).toBe('Bikes נראה כשני תחומים');
  });

  it('lets the theme that comes of it be named', () => {
    expect(namedPart(merge)?.name).toBe('Ways to work');
    expect(namedPart(split)?.name).toBe('Repair');
    expect(namedPart(retire)).toBeNull();
  });
});

describe('a run in words', () => {
  const board = { reason: 'BEST' as const, tried: 5, least: 6, most: 14, stability: 0.72 };
  const report = { board, themes: 9, subthemes: 20, languages: 2, mixed: 0.5, proposals: 0, stayed: 0.98, added: 1, gone: 0 } as NonNullable<Run['report']>;

  it('says why there are as many themes, and what changed', () => {
    expect(runWords(report)).toEqual([
      'Of 5 levels of detail, which gave 6 to 14 themes, this one held up best.',
      'Random samples of the ideas lead to the same themes: agreement 72%.',
      '50% of the larger themes hold several languages.',
      '98% of the ideas stayed in their theme; new themes: 1, ended: 0.',
    ]);
  });

  it('leaves out what a first run of one language can not say', () => {
    const first = { ...report, board: { reason: 'FEW' as const, tried: null, least: null, most: null, stability: null }, languages: 1, stayed: null };
    expect(runWords(first)).toEqual(['There are too few ideas to look for the best number of themes.']);
  });
});
