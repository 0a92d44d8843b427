// Says what is missing of the compiled messages. The compiler opens all files at once, and says nothing of those that it could not.
import { existsSync, readFileSync } from 'node:fs';

const folder = new URL('../src/paraglide/messages/', import.meta.url);
const index = new URL('_index.js', folder);
const named = existsSync(index) ? [...readFileSync(index, 'utf8').matchAll(/'\.\/([^']+)'/g)].map(([, name]) => name) : [];
const missing = named.filter((name) => !existsSync(new URL(name, folder))).length;

if (named.length === 0 || missing > 0) {
  console.error(
    `The texts of the page could not all be written (${named.length ? `${missing} of ${named.length} are missing` : 'there is no index of them'}).\n` +
      'Most likely too few files may be open at once: allow 4096 (`ulimit -n 4096`, or --ulimit nofile=4096 for a container), and try again.',
  );
  process.exit(1);
}
