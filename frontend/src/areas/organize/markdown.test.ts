import { describe, expect, it } from 'vitest';
import { blocksOf, spansOf } from './markdown';

const text = (words: string) => ({ kind: 'text', text: words });

describe('the preview of Markdown', () => {
  it('tells headings, paragraphs, lists and quotes apart', () => {
    expect(blocksOf('# Rules\nBe kind.\n\n- one\n- two\n\n> said').map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'list',
      'quote',
    ]);
  });

  it('keeps line breaks inside a paragraph', () => {
    expect(blocksOf('one\ntwo')).toEqual([{ kind: 'paragraph', lines: [[text('one')], [text('two')]] }]);
  });

  it('knows numbered lists', () => {
    expect(blocksOf('1. first\n2. second')).toEqual([{ kind: 'list', isNumbered: true, items: [[text('first')], [text('second')]] }]);
  });

  it('nests emphasis and reads links', () => {
    expect(spansOf('a **b *c*** [d](https://e.org/)')).toEqual([
      text('a '),
      { kind: 'strong', spans: [text('b '), { kind: 'em', spans: [text('c')] }] },
      text(' '),
      { kind: 'link', href: 'https://e.org/', spans: [text('d')] },
    ]);
  });

  it('links an address without the full stop behind it', () => {
    expect(spansOf('See https://e.org/a.')).toEqual([text('See '), { kind: 'link', href: 'https://e.org/a', spans: [text('https://e.org/a')] }, text('.')]);
  });

  it('makes no link of a script, and no markup of markup', () => {
    expect(spansOf('[x](javascript:alert(1))')).toEqual([text('[x](javascript:alert(1))')]);
    expect(spansOf('<b>x</b>')).toEqual([text('<b>x</b>')]);
  });
});
