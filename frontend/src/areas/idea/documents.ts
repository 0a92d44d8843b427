import { graphql, type ResultOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { CommentCard, IdeaCard } from '../../live/fragments';

export const TreeIdea = graphql(`
  fragment TreeIdea on Idea { id title language status supportCount postedAt parents { id } author { id name } }
`);

export const IdeaDetail = graphql(
  `
    query IdeaDetail($id: ID!, $first: Int!, $after: String) {
      serverTime
      idea(id: $id) {
        ...IdeaCard
        bodyHtml
        tree { ...TreeIdea }
        mergedInto { ...TreeIdea }
        mergedIdeas { ...TreeIdea }
        comments(first: $first, after: $after) {
          edges { node { ...CommentCard } }
          pageInfo { hasNextPage endCursor }
          totalCount
        }
      }
    }
  `,
  [IdeaCard, TreeIdea, CommentCard],
);

export const MyIdea = graphql(`
  query MyIdea($id: ID!) {
    viewer { id likedCommentIds(ideaId: $id) }
    idea(id: $id) { id viewerCanEdit }
  }
`);

export const IdeaVersions = graphql(`
  query IdeaVersions($id: ID!) {
    idea(id: $id) { id language versions { number title body at supportCountThen isLarge } }
  }
`);

export const EditIdea = graphql(
  `
    mutation EditIdea($input: EditIdeaInput!) {
      editIdea(input: $input) { __typename ... on IdeaSuccess { seq idea { ...IdeaCard } } ...RejectionFields }
    }
  `,
  [IdeaCard, RejectionFields],
);

export const FileReport = graphql(
  `
    mutation FileReport($input: FileReportInput!) {
      fileReport(input: $input) { __typename ... on ReportSuccess { seq reportId } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export type TreeNode = NonNullable<ResultOf<typeof IdeaDetail>['idea']>['tree'][number];
export type Detail = NonNullable<ResultOf<typeof IdeaDetail>['idea']>;
export type Version = NonNullable<ResultOf<typeof IdeaVersions>['idea']>['versions'][number];
