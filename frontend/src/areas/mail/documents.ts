import { graphql } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';

export const MailModeQuery = graphql(`query MailModeOfMine { viewer { id mailMode } }`);

export const SetMailMode = graphql(
  `
    mutation SetMailMode($mode: MailMode!) {
      setMailMode(mode: $mode) { __typename ... on ViewerSuccess { viewer { id mailMode } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);
