import { describe, expect, it } from 'vitest';
import { commandOf, isTyping, KEYS, type Pressed } from './keys';

const pressed = (key: string, code: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  ...more,
});

describe('the keys of the console', () => {
  it('work with a Hebrew layout by the place of the key', () => {
    expect(commandOf(pressed('י', 'KeyH'))).toBe('hide');
  });

  it('follow another Latin layout by its letters', () => {
    expect(commandOf(pressed('h', 'KeyJ'))).toBe('hide');
  });

  it('leave combinations and other keys to the browser', () => {
    expect(commandOf(pressed('r', 'KeyR', { ctrlKey: true }))).toBeNull();
    expect(commandOf(pressed('Enter', 'Enter'))).toBeNull();
    expect(commandOf(pressed('h', 'KeyH', { isComposing: true }))).toBeNull();
  });

  it('name each command and each letter once', () => {
    expect(new Set(KEYS.map((key) => key.letter)).size).toBe(KEYS.length);
    expect(new Set(KEYS.map((key) => key.command)).size).toBe(KEYS.length);
  });

  it('are letters where one writes', () => {
    const field = document.createElement('textarea');
    const button = document.createElement('button');
    expect([isTyping(field), isTyping(button), isTyping(null)]).toEqual([true, false, false]);
  });
});
