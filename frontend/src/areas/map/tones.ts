/** The tokens of the themes' ten colours, in order. */
export const THEME_TONES = Array.from({ length: 10 }, (_, index) => `theme-${index}`);
