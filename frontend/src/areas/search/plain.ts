const BEFORE = 60;
const LONGEST = 220;
const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#x27;': "'", '&nbsp;': ' ', '&amp;': '&' };

/** The words of server-made HTML around the first place where `sought` occurs. The result is text: it is never used as markup. */
export function plainText(html: string, sought: string): string {
  const text = html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|quot|#39|#x27|nbsp|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, ' ')
    .trim();
  const at = Math.max(0, text.toLocaleLowerCase().indexOf(sought.toLocaleLowerCase()) - BEFORE);
  const start = at === 0 ? 0 : text.indexOf(' ', at) + 1;
  const cut = text.slice(start, start + LONGEST);
  return `${start > 0 ? '… ' : ''}${cut}${start + LONGEST < text.length ? ' …' : ''}`;
}
