import { ask, graphql, persist } from './ask.js';

const Page = graphql(`
  query Page($slug: String!, $after: String) {
    jam(slug: $slug) {
      ideas(order: NEW, first: 50, after: $after) {
        edges { node { id title supportCount } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

/** All ideas of a jam that the token's person may see, newest first, 50 at a time. */
export async function* ideas(slug: string) {
  for (let after: string | null = null; ; ) {
    const found: Awaited<ReturnType<typeof page>> = await page(slug, after);
    for (const edge of found.edges) yield edge.node;
    if (!found.pageInfo.hasNextPage) return;
    after = found.pageInfo.endCursor;
  }
}

async function page(slug: string, after: string | null) {
  const { jam } = await persist(() => ask(Page, { slug, after }));
  if (!jam) throw new Error(`there is no jam ${slug} for you`);
  return jam.ideas;
}
