import { describe, expect, it } from 'vitest';
import { detectLanguage } from './detect';

describe('detectLanguage', () => {
  it('goes by the script', () => {
    expect(detectLanguage('אוטובוסים בלילה', 'en')).toBe('he');
    expect(detectLanguage('Night buses', 'he')).toBe('en');
    expect(detectLanguage('Ночные автобусы', 'en')).toBe('ru');
  });

  it('takes Hebrew with English terms for Hebrew, and English with a Hebrew word for English', () => {
    expect(detectLanguage('לעשות deploy של ה־backend בלילה', 'en')).toBe('he');
    expect(detectLanguage('A room called שקט on every floor of the building', 'he')).toBe('en');
  });

  it('keeps what was expected where letters say nothing', () => {
    expect(detectLanguage('', 'he')).toBe('he');
    expect(detectLanguage('123 !', 'en')).toBe('en');
    expect(detectLanguage('Autobus de nuit', 'fr')).toBe('fr');
  });
});
