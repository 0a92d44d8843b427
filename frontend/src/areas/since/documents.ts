import { graphql, type ResultOf } from '../../graphql/graphql';
import { AuthorLine } from '../../live/fragments';

export const MySince = graphql(
  `
    query MySince($jamId: ID!, $language: String!) {
      viewer {
        id
        sinceYouLeft(jamId: $jamId) {
          leftAt
          isNew
          newIdeas { number isAll }
          newComments { number isAll }
          more { kind number }
          items {
            kind
            at
            status
            reason
            supports
            comments
            buildOns
            phase
            idea { id title language author { ...AuthorLine } }
            comment { id bodyHtml language author { ...AuthorLine } }
            theme { id name colorIndex ideaCount }
            announcement { id text(language: $language) }
          }
        }
      }
    }
  `,
  [AuthorLine],
);

export const MarkSinceRead = graphql(`
  mutation MarkSinceRead($jamId: ID!) { markSinceRead(jamId: $jamId) }
`);

export type Since = NonNullable<NonNullable<ResultOf<typeof MySince>['viewer']>['sinceYouLeft']>;
export type SinceItem = Since['items'][number];
