import { graphql, type ResultOf } from '../../graphql/graphql';
import { IdeaCard } from '../../live/fragments';
import { BriefingNumbers, MapTheme } from '../map/documents';

export const BriefingQuery = graphql(
  `
    query Briefing($jamId: ID!) {
      serverTime
      jam(id: $jamId) {
        id
        seq
        counts { ideas comments supports members themes }
        themeRun { id at model ideaCount unthemedCount reason backlog }
        themes {
          ...MapTheme
          isNamedByHand
          distinctive
          restrictedIdeaCount
          centralIdeas(first: 3) { ...IdeaCard }
          briefing { ...BriefingNumbers }
        }
      }
    }
  `,
  [MapTheme, BriefingNumbers, IdeaCard],
);

export type BriefedJam = NonNullable<ResultOf<typeof BriefingQuery>['jam']>;
export type BriefedTheme = BriefedJam['themes'][number];
