import { graphql } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { IdeaCard } from '../../live/fragments';

export const MyIdeas = graphql(
  `
    query MyIdeas($jamId: ID!) { viewer { id ideas(jamId: $jamId) { ...IdeaCard } } }
  `,
  [IdeaCard],
);

export const BackedIdea = graphql(
  `
    query BackedIdea($id: ID!) { idea(id: $id) { ...IdeaCard } }
  `,
  [IdeaCard],
);

export const UpdateViewer = graphql(
  `
    mutation UpdateViewer($input: UpdateViewerInput!) {
      updateViewer(input: $input) {
        __typename
        ... on ViewerSuccess {
          viewer { id name email language country canCreateJam memberships { role relation joinedAt jam { id slug } } }
        }
        ...RejectionFields
      }
    }
  `,
  [RejectionFields],
);
