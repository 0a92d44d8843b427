import { graphql, type ResultOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';

export const Preview = graphql(`
  query Preview($token: String!, $language: String!) {
    invitationPreview(token: $token) {
      jamTitle(language: $language)
      jamQuestion(language: $language)
      invitedBy
      relation
      role
      expiresAt
      isUsable
      jamSlug
      addressee { address name isKnown }
    }
  }
`);

export const AcceptInvitation = graphql(
  `
    mutation AcceptInvitation($input: AcceptInvitationInput!) {
      acceptInvitation(input: $input) { __typename ... on MembershipSuccess { seq membership { jam { id slug } } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export type InvitationCard = NonNullable<ResultOf<typeof Preview>['invitationPreview']>;
