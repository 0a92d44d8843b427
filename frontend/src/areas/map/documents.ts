import { graphql, type FragmentOf, type ResultOf } from '../../graphql/graphql';
import { AuthorLine, CommentCard, IdeaCard } from '../../live/fragments';

export const MapTheme = graphql(`
  fragment MapTheme on Theme {
    id
    seq
    name
    keywords
    colorIndex
    parentId
    ideaCount
    supportCount
    commentCount
    trend { direction recent before lift chance }
    confidence
    mapX
    mapY
    subthemes { id name ideaCount supportCount commentCount colorIndex mapX mapY }
  }
`);

export const ThemeMapQuery = graphql(
  `
    query ThemeMap($jamId: ID!, $titles: Boolean!) {
      themeMap(jamId: $jamId) {
        runId
        themes { ...MapTheme }
        columns(titles: $titles) { seq count ideaIds x y themeIds themes subthemes supports origin posted languageCodes languages titles }
      }
    }
  `,
  [MapTheme],
);

/** The map's own part of the jam's changes: places travel here, so that boards need not carry them. */
export const MapChanges = graphql(
  `
    subscription MapChanges($jamId: ID!, $afterSeq: Int!) {
      jamChanges(jamId: $jamId, afterSeq: $afterSeq) {
        fromSeq
        seq
        mustRefetch
        jam { id themeRun { id } }
        ideas { id title language status supportCount postedAt mapX mapY theme { id } subtheme { id } }
        themes { ...MapTheme }
        removedIds
      }
    }
  `,
  [MapTheme],
);

export const MapTitle = graphql(`
  query MapTitle($id: ID!) { idea(id: $id) { id title language } }
`);

export const BriefingNumbers = graphql(`
  fragment BriefingNumbers on ThemeBriefing {
    rank
    support
    supporters
    topics
    countries
    relations
    breadth
    momentum
    novelty
    supportOverTime
    supportByRelation { relation count }
  }
`);

/** For those who may read the briefing. */
export const MapNumbers = graphql(
  `
    query MapNumbers($jamId: ID!) { jam(id: $jamId) { id themes { id briefing { ...BriefingNumbers } } } }
  `,
  [BriefingNumbers],
);

export const DrillTheme = graphql(
  `
    query DrillTheme($id: ID!, $order: IdeaOrder!, $after: String) {
      theme(id: $id) {
        ...MapTheme
        isNamedByHand
        distinctive
        ideas(order: $order, first: 20, after: $after) {
          edges { node { ...IdeaCard } }
          pageInfo { hasNextPage endCursor }
          totalCount
        }
      }
    }
  `,
  [MapTheme, IdeaCard],
);

/** For those who may read the briefing. */
export const DrillNumbers = graphql(
  `
    query DrillNumbers($id: ID!) { theme(id: $id) { id restrictedIdeaCount briefing { ...BriefingNumbers } } }
  `,
  [BriefingNumbers],
);

export const RelatedIdea = graphql(
  `
    fragment RelatedIdea on Idea { id title language status supportCount author { ...AuthorLine } }
  `,
  [AuthorLine],
);

export const DrillIdea = graphql(
  `
    query DrillIdea($id: ID!, $first: Int!) {
      idea(id: $id) {
        ...IdeaCard
        bodyHtml
        supportByRelation { relation count }
        theme { id name colorIndex }
        subtheme { id name }
        parents { ...RelatedIdea }
        buildOns { ...RelatedIdea }
        mergedIdeas { ...RelatedIdea }
        comments(first: $first) { edges { node { ...CommentCard } } totalCount }
      }
    }
  `,
  [IdeaCard, RelatedIdea, CommentCard],
);

export type MapThemeCard = FragmentOf<typeof MapTheme>;
export type Numbers = FragmentOf<typeof BriefingNumbers>;
export type Related = FragmentOf<typeof RelatedIdea>;
export type DrilledTheme = NonNullable<ResultOf<typeof DrillTheme>['theme']>;
export type DrilledIdea = NonNullable<ResultOf<typeof DrillIdea>['idea']>;
export type MapData = ResultOf<typeof ThemeMapQuery>['themeMap'];
export type MapColumns = MapData['columns'];
export type MapTick = ResultOf<typeof MapChanges>['jamChanges'];
