import { graphql, type FragmentOf, type ResultOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';

export const InviteLine = graphql(`
  fragment InviteLine on Invitation {
    id
    kind
    state
    relation
    role
    address
    guestName
    inviterName
    code
    url
    createdAt
    deliveredAt
    dueAt
    expiresAt
    maxUses
    uses
    isRevoked
    isReported
  }
`);

export const InvitingQuery = graphql(
  `
    query Inviting($jamId: ID!, $everybodys: Boolean!, $kind: InvitationKind, $query: String, $first: Int!) {
      serverTime
      viewer {
        id
        inviting(jamId: $jamId) {
          canInvite
          canMail
          everybodys
          quota
          left
          relations
          policy { quotas { relation places } relations days }
          invitations(first: $first, everybodys: $everybodys, kind: $kind, query: $query) { totalCount items { ...InviteLine } }
        }
      }
    }
  `,
  [InviteLine],
);

export const WallQuery = graphql(
  `
    query Wall($slug: String!, $language: String!) {
      jam(slug: $slug) { id title(language: $language) question(language: $language) }
    }
  `,
);

export const InviteByLink = graphql(
  `
    mutation InviteByLink($input: InviteByLinkInput!) {
      inviteByLink(input: $input) { __typename ... on InvitationSuccess { invitation { ...InviteLine } } ...RejectionFields }
    }
  `,
  [InviteLine, RejectionFields],
);

export const InviteByMail = graphql(
  `
    mutation InviteByMail($input: InviteByMailInput!) {
      inviteByMail(input: $input) { __typename ... on InviteSuccess { invitations { ...InviteLine } } ...RejectionFields }
    }
  `,
  [InviteLine, RejectionFields],
);

export const InviteAgain = graphql(
  `
    mutation InviteAgain($input: InvitationInput!) {
      inviteAgain(input: $input) { __typename ... on InvitationSuccess { invitation { ...InviteLine } } ...RejectionFields }
    }
  `,
  [InviteLine, RejectionFields],
);

export const EndInvitation = graphql(
  `
    mutation EndInvitation($input: InvitationInput!) {
      revokeInvitation(input: $input) { __typename ... on InvitationSuccess { invitation { ...InviteLine } } ...RejectionFields }
    }
  `,
  [InviteLine, RejectionFields],
);

export const CreateCode = graphql(
  `
    mutation CreateCode($input: CreateCodeInput!) {
      createCode(input: $input) { __typename ... on InvitationSuccess { invitation { ...InviteLine } } ...RejectionFields }
    }
  `,
  [InviteLine, RejectionFields],
);

export const SetInvitationPolicy = graphql(
  `
    mutation SetInvitationPolicy($input: SetInvitationPolicyInput!) {
      setInvitationPolicy(input: $input) {
        __typename
        ... on JamSuccess { jam { id invitationPolicy { quotas { relation places } relations days } } }
        ...RejectionFields
      }
    }
  `,
  [RejectionFields],
);

export type Invite = FragmentOf<typeof InviteLine>;
export type Inviting = NonNullable<NonNullable<ResultOf<typeof InvitingQuery>['viewer']>['inviting']>;
