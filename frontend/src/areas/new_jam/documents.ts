import { graphql } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';

export const CreateJam = graphql(
  `
    mutation CreateJam($input: CreateJamInput!) {
      createJam(input: $input) { __typename ... on JamSuccess { jam { id slug } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);
