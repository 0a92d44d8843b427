import { graphql, type ResultOf } from '../../graphql/graphql';
import { AuthorLine } from '../../live/fragments';

export const MyInbox = graphql(
  `
    query MyInbox($jamId: ID!, $first: Int!) {
      viewer {
        id
        notifications(jamId: $jamId, first: $first) {
          id
          seq
          kind
          at
          reason
          isRead
          idea { id title language author { ...AuthorLine } }
          comment { id bodyHtml language author { ...AuthorLine } }
        }
      }
    }
  `,
  [AuthorLine],
);

export const MarkRead = graphql(`
  mutation MarkRead($jamId: ID!, $upToSeq: Int!) { markNotificationsRead(jamId: $jamId, upToSeq: $upToSeq) }
`);

export type Letter = NonNullable<ResultOf<typeof MyInbox>['viewer']>['notifications'][number];
