import { graphql, type ResultOf } from '../../graphql/graphql';

const SpokenIdea = graphql(`
  fragment SpokenIdea on Idea { id title language supportCount }
`);

export const OpinionsQuery = graphql(
  `
    query Opinions($jamId: ID!) {
      jam(id: $jamId) {
        id
        opinions {
          status
          readAt
          voterCount
          otherCount
          voteCount
          leastVotes
          leastVoters
          isSupportOnly
          chance
          gridSize
          groups {
            id
            key
            size
            x
            y
            radiusX
            radiusY
            angle
            views { agrees share ratio seenCount falseDiscoveryRate idea { ...SpokenIdea } }
          }
          uniting { consensus shares { groupKey share } idea { ...SpokenIdea } }
          cells { groupKey column row people }
        }
      }
    }
  `,
  [SpokenIdea],
);

export const MyOpinionGroup = graphql(`
  query MyOpinionGroup($jamId: ID!) { jam(id: $jamId) { id viewerOpinionGroup } }
`);

export type Opinions = NonNullable<NonNullable<ResultOf<typeof OpinionsQuery>['jam']>['opinions']>;
export type Group = Opinions['groups'][number];
export type GroupView = Group['views'][number];
export type Uniting = Opinions['uniting'][number];
