import { ask, graphql } from './ask.js';
import { changes } from './follow.js';
import { ideas } from './ideas.js';
import { receiver } from './receive.js';
import { vote } from './vote.js';

const Me = graphql(`query Me { viewer { name } }`);
const slug = process.env['JAM'] ?? 'town';

/** What this program can be asked to do: `node out/main.js list`. */
const does: Record<string, () => Promise<void>> = {
  async list() {
    console.log((await ask(Me, {})).viewer?.name);
    for await (const idea of ideas(slug)) console.log(idea.supportCount, idea.title);
  },

  async vote() {
    for await (const idea of ideas(slug)) {
      const [first, second] = [await vote(idea.id), await vote(idea.id)];
      console.log(first.__typename, second.__typename === 'IdeaSuccess' ? second.idea.supportCount : second.code);
      return;
    }
  },

  async follow() {
    console.log('following');
    for await (const news of changes(slug)) {
      for (const idea of news.ideas) console.log('changed:', idea.title, idea.supportCount);
    }
  },

  async receive() {
    const listening = receiver(process.env['SECRET'] ?? '', (event) => console.log('told:', JSON.stringify(event)));
    listening.listen(Number(process.env['PORT'] ?? 8262), '127.0.0.1', () => console.log('receiving'));
  },
};

await does[process.argv[2] ?? 'list']?.();
