import { graphql, type FragmentOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { AuthorLine } from '../../live/fragments';

export const MemberLine = graphql(
  `
    fragment MemberLine on Member {
      person { ...AuthorLine }
      email
      role
      relation
      joinedAt
      ideaCount
      commentCount
      supportCount
      restriction { kind until reason }
    }
  `,
  [AuthorLine],
);

const MemberDetail = graphql(
  `
    fragment MemberDetail on Member {
      ...MemberLine
      isMinor
      invitedBy { ...AuthorLine }
      revokedWith { ...AuthorLine }
      scope { topics { id } languages }
    }
  `,
  [MemberLine, AuthorLine],
);

const ActLine = graphql(
  `
    fragment ActLine on MemberAct { id kind at by { ...AuthorLine } count undoneAt leftCount }
  `,
  [AuthorLine],
);

export const MembersPageQuery = graphql(
  `
    query MembersPage(
      $jamId: ID!, $at: Int!, $first: Int!, $query: String, $role: Role, $relation: Relation, $country: String,
      $standing: MemberStanding, $activity: MemberActivity, $invitedById: ID, $order: MemberOrder!
    ) {
      jam(id: $jamId) {
        id
        members(
          at: $at, first: $first, query: $query, role: $role, relation: $relation, country: $country, standing: $standing,
          activity: $activity, invitedById: $invitedById, order: $order
        ) {
          offset
          totalCount
          edges { node { ...MemberLine } }
        }
      }
    }
  `,
  [MemberLine],
);

export const MemberIdsQuery = graphql(`
  query MemberIds(
    $jamId: ID!, $at: Int!, $query: String, $role: Role, $relation: Relation, $country: String,
    $standing: MemberStanding, $activity: MemberActivity, $invitedById: ID, $order: MemberOrder!
  ) {
    jam(id: $jamId) {
      id
      members(
        first: 1, query: $query, role: $role, relation: $relation, country: $country, standing: $standing, activity: $activity,
        invitedById: $invitedById, order: $order
      ) {
        totalCount
        personIds(at: $at, first: 5000)
      }
    }
  }
`);

export const MembersHeadQuery = graphql(
  `
    query MembersHead($jamId: ID!) {
      jam(id: $jamId) { id memberCountries memberActs { ...ActLine } }
    }
  `,
  [ActLine],
);

export const MemberQuery = graphql(
  `
    query MemberOfJam($jamId: ID!, $personId: ID!) {
      jam(id: $jamId) {
        id
        member(personId: $personId) { ...MemberDetail }
        branch(personId: $personId) { peopleCount activeCount revokedAt }
      }
    }
  `,
  [MemberDetail],
);

const ActDone = graphql(
  `
    fragment ActDone on MemberActSuccess { act { ...ActLine } members { ...MemberLine } seq }
  `,
  [ActLine, MemberLine],
);

export const RestrictMembers = graphql(
  `
    mutation RestrictMembers($input: RestrictMembersInput!) {
      restrictMembers(input: $input) { __typename ...ActDone ...RejectionFields }
    }
  `,
  [ActDone, RejectionFields],
);

export const LiftRestrictions = graphql(
  `
    mutation LiftRestrictions($input: LiftRestrictionsInput!) {
      liftRestrictions(input: $input) { __typename ...ActDone ...RejectionFields }
    }
  `,
  [ActDone, RejectionFields],
);

export const ChangeRoles = graphql(
  `
    mutation ChangeRoles($input: ChangeRolesInput!) {
      changeRoles(input: $input) { __typename ...ActDone ...RejectionFields }
    }
  `,
  [ActDone, RejectionFields],
);

export const RevokeInvitationsOf = graphql(
  `
    mutation RevokeInvitationsOf($input: RevokeInvitationsOfInput!) {
      revokeInvitationsOf(input: $input) { __typename ...ActDone ...RejectionFields }
    }
  `,
  [ActDone, RejectionFields],
);

export const UndoMemberAct = graphql(
  `
    mutation UndoMemberAct($input: UndoMemberActInput!) {
      undoMemberAct(input: $input) { __typename ...ActDone ...RejectionFields }
    }
  `,
  [ActDone, RejectionFields],
);

export const ScopeModerator = graphql(
  `
    mutation ScopeModerator($input: ScopeModeratorInput!) {
      scopeModerator(input: $input) { __typename ... on MemberSuccess { member { ...MemberDetail } seq } ...RejectionFields }
    }
  `,
  [MemberDetail, RejectionFields],
);

export const MySuspensionsQuery = graphql(`
  query MySuspensions($language: String!) {
    viewer { id suspensions { jamSlug jamTitle(language: $language) until reason appealTo } }
  }
`);

export const MyRestrictionQuery = graphql(`
  query MyRestriction($jamId: ID!) {
    jam(id: $jamId) { id viewerRestriction { kind until reason } }
  }
`);

export type MemberOfList = FragmentOf<typeof MemberLine>;
export type Act = FragmentOf<typeof ActLine>;
