import { graphql, type ResultOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';

const AccountFields = graphql(`
  fragment AccountFields on Viewer {
    id
    name
    email
    sessions { id userAgent isThisOne beganAt usedAt }
    passkeys { id name isSynced madeAt usedAt }
    tokens { id name scopes madeAt expiresAt usedAt }
  }
`);

export const AccountQuery = graphql(`query Account { viewer { ...AccountFields } }`, [AccountFields]);

export const EndSession = graphql(
  `
    mutation EndSession($input: SessionInput!) {
      endSession(input: $input) { __typename ... on ViewerSuccess { viewer { ...AccountFields } } ...RejectionFields }
    }
  `,
  [AccountFields, RejectionFields],
);

export const EndOtherSessions = graphql(
  `
    mutation EndOtherSessions {
      endOtherSessions { __typename ... on ViewerSuccess { viewer { ...AccountFields } } ...RejectionFields }
    }
  `,
  [AccountFields, RejectionFields],
);

export const RenamePasskey = graphql(
  `
    mutation RenamePasskey($input: RenamePasskeyInput!) {
      renamePasskey(input: $input) { __typename ... on ViewerSuccess { viewer { ...AccountFields } } ...RejectionFields }
    }
  `,
  [AccountFields, RejectionFields],
);

export const RemovePasskey = graphql(
  `
    mutation RemovePasskey($input: PasskeyInput!) {
      removePasskey(input: $input) { __typename ... on ViewerSuccess { viewer { ...AccountFields } } ...RejectionFields }
    }
  `,
  [AccountFields, RejectionFields],
);

export const RevokeToken = graphql(
  `
    mutation RevokeToken($input: TokenInput!) {
      revokeToken(input: $input) { __typename ... on ViewerSuccess { viewer { ...AccountFields } } ...RejectionFields }
    }
  `,
  [AccountFields, RejectionFields],
);

export type Account = ResultOf<typeof AccountFields>;
export type SessionRow = Account['sessions'][number];
export type PasskeyRow = Account['passkeys'][number];
export type TokenRow = Account['tokens'][number];
