import { graphql, type ResultOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { AuthorLine, CommentCard, IdeaCard } from '../../live/fragments';

export const AnonymousPosts = graphql(`
  query AnonymousPosts($jamId: ID!, $after: Int!) {
    jam(id: $jamId) { id anonymousPosts(first: 500, afterNumber: $after) { number targetId salt proofHash } }
  }
`);

export const UnnamedIdea = graphql(
  `
    query UnnamedIdea($id: ID!) { idea(id: $id) { ...IdeaCard } }
  `,
  [IdeaCard],
);

export const UnnamedComment = graphql(
  `
    query UnnamedComment($id: ID!) { comment(id: $id) { ...CommentCard body idea { id title language } } }
  `,
  [CommentCard],
);

export const EditAnonymousIdea = graphql(
  `
    mutation EditAnonymousIdea($input: EditAnonymousIdeaInput!) {
      editAnonymousIdea(input: $input) { __typename ... on IdeaSuccess { seq idea { ...IdeaCard } } ...RejectionFields }
    }
  `,
  [IdeaCard, RejectionFields],
);

export const WithdrawAnonymous = graphql(
  `
    mutation WithdrawAnonymous($input: WithdrawAnonymousInput!) {
      withdrawAnonymous(input: $input) { __typename ... on AnonymousSuccess { seq targetId } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

const OpeningLine = graphql(
  `
    fragment OpeningLine on Opening {
      targetId
      reason
      requestedAt
      requestedBy { ...AuthorLine }
      confirmedBy { ...AuthorLine }
      openedAt
      declinedAt
      fingerprint
      sealed
      idea { id title language }
      comment { id body language idea { id title language } }
    }
  `,
  [AuthorLine],
);

export const AuditQuery = graphql(
  `
    query Audit($jamId: ID!) {
      jam(id: $jamId) {
        id
        anonymity { isOn eyes fingerprint }
        audit { keys { fingerprint publicKey eyes setAt isCurrent } openings { ...OpeningLine } }
      }
    }
  `,
  [OpeningLine],
);

export const AuditPerson = graphql(
  `
    query AuditPerson($jamId: ID!, $id: ID!) { jam(id: $jamId) { id audit { person(id: $id) { ...AuthorLine } } } }
  `,
  [AuthorLine],
);

export const SetAuditKey = graphql(
  `
    mutation SetAuditKey($input: SetAuditKeyInput!) {
      setAuditKey(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const SetAnonymousPosting = graphql(
  `
    mutation SetAnonymousPosting($input: SetAnonymousPostingInput!) {
      setAnonymousPosting(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const RequestOpening = graphql(
  `
    mutation RequestOpening($input: OpenAuthorInput!) {
      requestOpening(input: $input) { __typename ... on OpeningSuccess { seq opening { openedAt } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const ConfirmOpening = graphql(
  `
    mutation ConfirmOpening($input: ConfirmOpeningInput!) {
      confirmOpening(input: $input) { __typename ... on OpeningSuccess { seq opening { openedAt } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const DeclineOpening = graphql(
  `
    mutation DeclineOpening($input: OpenAuthorInput!) {
      declineOpening(input: $input) { __typename ... on OpeningSuccess { seq opening { declinedAt } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export type AuditState = NonNullable<NonNullable<ResultOf<typeof AuditQuery>['jam']>['audit']>;
export type Opening = AuditState['openings'][number];
export type AuditKey = AuditState['keys'][number];
