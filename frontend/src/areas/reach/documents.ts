import { graphql, type ResultOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { AuthorLine } from '../../live/fragments';

const FigureFields = graphql(`
  fragment FigureFields on ReachFigures { invited delivered failed accepted joined active }
`);

export const ReachQuery = graphql(
  `
    query JamReach($jamId: ID!) {
      jam(id: $jamId) {
        id
        reach {
          seq
          total { ...FigureFields }
          posted
          commented
          voted
          suspended
          deepest
          ways { mail link code uninvited }
          byRelation { relation figures { ...FigureFields } }
          byDegree { degree figures { ...FigureFields } }
          byCountry { country joined active }
          elsewhere
          activeElsewhere
        }
      }
    }
  `,
  [FigureFields],
);

export const InvitationTreeQuery = graphql(`
  query JamInvitationTree($jamId: ID!, $rootId: ID, $first: Int!) {
    jam(id: $jamId) {
      id
      invitationTree {
        seq
        members
        columns(rootId: $rootId, first: $first) {
          count personIds parents brought below relationCodes relations marks origin joined names
        }
      }
    }
  }
`);

const BranchLine = graphql(
  `
    fragment BranchLine on TreePerson { person { ...AuthorLine } relation role joinedAt isSuspended degree brought below }
  `,
  [AuthorLine],
);

export const BranchQuery = graphql(
  `
    query JamBranch($jamId: ID!, $personId: ID!) {
      jam(id: $jamId) {
        id
        invitationTree {
          seq
          person(id: $personId) {
            ...BranchLine
            ideas
            comments
            votes
            activeInBranch
            path { person { id name } }
          }
        }
      }
    }
  `,
  [BranchLine],
);

const BranchPage = graphql(
  `
    fragment BranchPage on TreePersonConnection {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { ...BranchLine } }
    }
  `,
  [BranchLine],
);

export const BranchRootsQuery = graphql(
  `
    query JamBranchRoots($jamId: ID!, $first: Int!, $after: String) {
      jam(id: $jamId) { id invitationTree { people(first: $first, after: $after) { ...BranchPage } } }
    }
  `,
  [BranchPage],
);

export const BranchPeopleQuery = graphql(
  `
    query JamBranchPeople($jamId: ID!, $personId: ID!, $first: Int!, $after: String) {
      jam(id: $jamId) { id invitationTree { person(id: $personId) { people(first: $first, after: $after) { ...BranchPage } } } }
    }
  `,
  [BranchPage],
);

export const BranchSearchQuery = graphql(
  `
    query JamBranchSearch($jamId: ID!, $text: String!) {
      jam(id: $jamId) { id invitationTree { search(text: $text, first: 8) { ...BranchLine } } }
    }
  `,
  [BranchLine],
);

export const MyBranchQuery = graphql(
  `
    query MyBranch($jamId: ID!) {
      viewer { id branch(jamId: $jamId) { brought below people(first: 100) { person { ...AuthorLine } joinedAt below } } }
    }
  `,
  [AuthorLine],
);

export type Reach = NonNullable<NonNullable<ResultOf<typeof ReachQuery>['jam']>['reach']>;
export type Figures = Reach['total'];
export type Columns = NonNullable<NonNullable<ResultOf<typeof InvitationTreeQuery>['jam']>['invitationTree']>['columns'];
type Tree = NonNullable<NonNullable<ResultOf<typeof BranchQuery>['jam']>['invitationTree']>;
export type Branch = NonNullable<Tree['person']>;
export type Page = NonNullable<NonNullable<ResultOf<typeof BranchRootsQuery>['jam']>['invitationTree']>['people'];
export type Line = Page['edges'][number]['node'];
export type Own = NonNullable<NonNullable<ResultOf<typeof MyBranchQuery>['viewer']>['branch']>;

const BranchConcerned = graphql(`
  fragment BranchConcerned on Branch { peopleCount activeCount ideaCount commentCount invitationCount revokedAt revokedReason hidesContent }
`);

export const BranchConcernedQuery = graphql(
  `
    query JamBranchConcerned($jamId: ID!, $personId: ID!) { jam(id: $jamId) { id branch(personId: $personId) { ...BranchConcerned } } }
  `,
  [BranchConcerned],
);

export const RevokeBranch = graphql(
  `
    mutation RevokeBranch($input: RevokeBranchInput!) {
      revokeBranch(input: $input) { __typename ... on BranchSuccess { branch { ...BranchConcerned } seq } ...RejectionFields }
    }
  `,
  [BranchConcerned, RejectionFields],
);

export const RestoreBranch = graphql(
  `
    mutation RestoreBranch($input: RestoreBranchInput!) {
      restoreBranch(input: $input) { __typename ... on BranchSuccess { branch { ...BranchConcerned } seq } ...RejectionFields }
    }
  `,
  [BranchConcerned, RejectionFields],
);

export type Concerned = NonNullable<NonNullable<ResultOf<typeof BranchConcernedQuery>['jam']>['branch']>;
