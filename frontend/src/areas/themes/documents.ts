import { graphql, type ResultOf } from '../../graphql/graphql';
import { IdeaCard } from '../../live/fragments';

export const ThemeDetail = graphql(
  `
    query ThemeDetail($id: ID!) {
      theme(id: $id) {
        id
        distinctive
        confidence
        subthemes { id name ideaCount colorIndex }
        centralIdeas(first: 3) { ...IdeaCard }
      }
    }
  `,
  [IdeaCard],
);

export type ThemeDetails = NonNullable<ResultOf<typeof ThemeDetail>['theme']>;
