import { graphql, type ResultOf } from '../../graphql/graphql';

export const JamOnShelf = graphql(`
  fragment JamOnShelf on Jam {
    id
    slug
    title(language: $language)
    question(language: $language)
    phase
    nextPhase
    phaseEndsAt
    counts { ideas members supports }
    hereCount
  }
`);

export const MyJams = graphql(
  `
    query MyJams($language: String!) {
      serverTime
      viewer { id canCreateJam memberships { role relation jam { ...JamOnShelf } } }
    }
  `,
  [JamOnShelf],
);

export type Shelf = NonNullable<ResultOf<typeof MyJams>['viewer']>;
export type ShelfJam = Shelf['memberships'][number]['jam'];
