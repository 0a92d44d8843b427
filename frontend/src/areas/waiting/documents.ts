import { graphql } from '../../graphql/graphql';

export const WaitingTopics = graphql(`
  query WaitingTopics($jamId: ID!, $language: String!) {
    jam(id: $jamId) { id topics { id title(language: $language) viewerCanPost } }
  }
`);
