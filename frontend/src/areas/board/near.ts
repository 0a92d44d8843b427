import type { Attachment } from 'svelte/attachments';

/** Calls `act` once when the element comes within a screen of being seen. */
export function whenNear(act: () => void): Attachment {
  return (element) => {
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        observer.disconnect();
        act();
      },
      { rootMargin: '800px 0px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
}
