import { graphql } from '../../graphql/graphql';

export const LobbyTexts = graphql(`
  query LobbyTexts($jamId: ID!, $language: String!) {
    jam(id: $jamId) { id descriptionHtml(language: $language) rulesHtml(language: $language) }
  }
`);
