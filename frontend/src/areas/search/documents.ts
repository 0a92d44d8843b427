import { graphql, type ResultOf } from '../../graphql/graphql';
import { AuthorLine, CommentCard, IdeaCard } from '../../live/fragments';

export const Search = graphql(
  `
    query Search(
      $jamId: ID!, $text: String!, $kinds: [SearchKind!], $topicId: ID, $themeId: ID, $language: String,
      $relation: Relation, $status: ContentStatus, $first: Int!
    ) {
      search(
        jamId: $jamId, text: $text, kinds: $kinds, topicId: $topicId, themeId: $themeId, language: $language,
        relation: $relation, status: $status, first: $first
      ) {
        ideas { ...IdeaCard }
        comments { ...CommentCard idea { id title language } }
        people { ...AuthorLine }
      }
    }
  `,
  [IdeaCard, CommentCard, AuthorLine],
);

export type Found = ResultOf<typeof Search>['search'];
