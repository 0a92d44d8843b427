import { graphql } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { IdeaCard } from '../../live/fragments';
import { InviteLine } from '../inviting/documents';

export const JamTextsQuery = graphql(`
  query JamTexts($jamId: ID!, $language: String!) {
    jam(id: $jamId) {
      id
      title(language: $language)
      question(language: $language)
      description(language: $language)
      rules(language: $language)
      topics { id title(language: $language) description(language: $language) }
    }
  }
`);

export const InvitationsQuery = graphql(`
  query JamInvitations($jamId: ID!) {
    jam(id: $jamId) { id invitations { id expiresAt maxUses uses isRevoked } }
  }
`);

export const ThemeIdeasQuery = graphql(
  `
    query ThemeIdeas($id: ID!, $after: String) {
      theme(id: $id) {
        id
        ideas(order: TOP, first: 50, after: $after) {
          edges { node { ...IdeaCard } }
          pageInfo { hasNextPage endCursor }
          totalCount
        }
      }
    }
  `,
  [IdeaCard],
);

export const DescribeJam = graphql(
  `
    mutation DescribeJam($input: DescribeJamInput!) {
      describeJam(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const ScheduleJam = graphql(
  `
    mutation ScheduleJam($input: ScheduleJamInput!) {
      scheduleJam(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const PublishJam = graphql(
  `
    mutation PublishJam($input: JamInput!) {
      publishJam(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const AddTopic = graphql(
  `
    mutation AddTopic($input: AddTopicInput!) {
      addTopic(input: $input) { __typename ... on TopicSuccess { seq topic { id } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const SetActing = graphql(
  `
    mutation SetActing($input: SetActingInput!) {
      setActing(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const ChangeTopic = graphql(
  `
    mutation ChangeTopic($input: ChangeTopicInput!) {
      changeTopic(input: $input) { __typename ... on TopicSuccess { seq topic { id } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const CreateInvitation = graphql(
  `
    mutation CreateInvitation($input: CreateInvitationInput!) {
      createInvitation(input: $input) {
        __typename
        ... on InvitationSuccess { invitation { ...InviteLine } }
        ...RejectionFields
      }
    }
  `,
  [InviteLine, RejectionFields],
);

export const RenameTheme = graphql(
  `
    mutation RenameTheme($input: RenameThemeInput!) {
      renameTheme(input: $input) { __typename ... on ThemeSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const MergeThemes = graphql(
  `
    mutation MergeThemes($input: MergeThemesInput!) {
      mergeThemes(input: $input) { __typename ... on ThemeSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const SplitTheme = graphql(
  `
    mutation SplitTheme($input: SplitThemeInput!) {
      splitTheme(input: $input) { __typename ... on ThemeSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const PinToTheme = graphql(
  `
    mutation PinToTheme($input: PinToThemeInput!) {
      pinToTheme(input: $input) { __typename ... on ThemeSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const ExcludeFromTheme = graphql(
  `
    mutation ExcludeFromTheme($input: PinToThemeInput!) {
      excludeFromTheme(input: $input) { __typename ... on ThemeSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);
