import { graphql } from '../../graphql/graphql';
import { IdeaCard } from '../../live/fragments';

export const Similar = graphql(
  `
    query Similar($jamId: ID!, $text: String!, $language: String, $first: Int!) {
      similarIdeas(jamId: $jamId, text: $text, language: $language, first: $first) { score idea { ...IdeaCard } }
    }
  `,
  [IdeaCard],
);

export const ParentIdea = graphql(
  `
    query ParentIdea($id: ID!) { idea(id: $id) { ...IdeaCard } }
  `,
  [IdeaCard],
);

export const MyDrafts = graphql(`
  query MyDrafts($jamId: ID!) { viewer { id drafts(jamId: $jamId) { key body updatedAt } } }
`);

export const SaveDraft = graphql(`
  mutation SaveDraft($input: SaveDraftInput!) { saveDraft(input: $input) }
`);
