import { describe, expect, it } from 'vitest';
import { threadsOf } from './threads';

describe('threadsOf', () => {
  it('hangs replies under what they answer, in the order given', () => {
    const comments = [
      { id: 'a', parentId: null },
      { id: 'b', parentId: null },
      { id: 'a1', parentId: 'a' },
      { id: 'a11', parentId: 'a1' },
      { id: 'a2', parentId: 'a' },
    ];
    const drawn = (thread: { comment: { id: string }; replies: any[] }): unknown => [thread.comment.id, thread.replies.map(drawn)];
    expect(threadsOf(comments).map(drawn)).toEqual([['a', [['a1', [['a11', []]]], ['a2', []]]], ['b', []]]);
  });

  it('lets a reply to something unknown stand by itself', () => {
    expect(threadsOf([{ id: 'x', parentId: 'gone' }]).map((thread) => thread.comment.id)).toEqual(['x']);
  });
});
