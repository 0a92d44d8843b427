// Rules of this front end that no type checker knows: see README.md. Exits with 1 and names each break.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const MOST_LINES = 400;
const PHYSICAL = /(?<![\w-])(margin|padding|border|inset)?-?(left|right)\s*:|text-align:\s*(left|right)|float:\s*(left|right)/;

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|svelte|css)$/.test(name) && !/paraglide|schema-types/.test(name))
  .map((name) => ({ name, text: readFileSync(join('src', name), 'utf8') }));

const styleOf = ({ name, text }) => (name.endsWith('.css') ? text : (text.match(/<style>([\s\S]*)<\/style>/)?.[1] ?? ''));
const isTokens = ({ name }) => name.endsWith('tokens.css');

const rules = [
  ['uses a physical side: use inline-start and inline-end', (file) => PHYSICAL.test(styleOf(file))],
  ['has a colour of its own: use a token', (file) => !isTokens(file) && /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i.test(styleOf(file))],
  ['writes markup: only ui/trusted.ts may', ({ name, text }) => !/trusted\.ts$|\.test\.ts$/.test(name) && /innerHTML|\{@html|insertAdjacentHTML|document\.write/.test(text)],
  ['carries a style attribute: use style: directives', ({ name, text }) => name.endsWith('.svelte') && /\sstyle="/.test(text)],
  [`is longer than ${MOST_LINES} lines`, ({ text }) => text.split('\n').length > MOST_LINES],
];

const broken = files.flatMap((file) => rules.filter(([, breaks]) => breaks(file)).map(([words]) => `src/${file.name} ${words}`));

const [en, he] = ['en', 'he'].map((code) => Object.keys(JSON.parse(readFileSync(`messages/${code}.json`, 'utf8'))));
broken.push(...en.filter((key) => !he.includes(key)).map((key) => `messages/he.json lacks ${key}`));
broken.push(...he.filter((key) => !en.includes(key)).map((key) => `messages/en.json lacks ${key}`));

const texts = { en: JSON.parse(readFileSync('messages/en.json', 'utf8')), he: JSON.parse(readFileSync('messages/he.json', 'utf8')) };
for (const [language, words] of Object.entries(texts)) {
  const open = Object.entries(words).filter(([, value]) => Array.isArray(value) && value.some(({ match }) => !Object.keys(match).some((form) => form.endsWith('=*'))));
  broken.push(...open.map(([key]) => `messages/${language}.json: ${key} lacks a form for all other numbers ("plural=*")`));
}

const code = files.map((file) => file.text).join('\n');
broken.push(...en.filter((key) => !key.startsWith('$') && !code.includes(`m.${key}`)).map((key) => `messages: nothing uses ${key}`));

for (const line of broken) console.error(line);
process.exit(broken.length > 0 ? 1 : 0);
