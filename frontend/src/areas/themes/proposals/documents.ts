import { graphql, type FragmentOf, type ResultOf } from '../../../graphql/graphql';
import { RejectionFields } from '../../../graphql/rejections';

/** A change of the themes that waits for a decision: the themes as they are, and as they would be. */
export const ProposalCardFields = graphql(`
  fragment ProposalCardFields on ThemeProposal {
    id
    kind
    status
    since
    movingCount
    confidence
    cohesion { before after }
    separation { before after }
    themes { id name colorIndex ideaCount centralIdeas(first: 3) { id title language } }
    parts { themeId isNew name ideaCount movingCount centralIdeas(first: 3) { id title language } }
  }
`);

const RunFields = graphql(`
  fragment RunFields on ThemeRun {
    id
    at
    ideaCount
    unthemedCount
    report {
      board { reason tried least most stability }
      themes
      subthemes
      languages
      mixed
      proposals
      stayed
      added
      gone
    }
  }
`);

export const ThemeDeskQuery = graphql(
  `
    query ThemeDesk($jamId: ID!) {
      jam(id: $jamId) {
        id
        seq
        themeRun { ...RunFields }
        themeWork { policy waiting isGrouping }
        themeProposals { ...ProposalCardFields }
        declined: themeProposals(status: DECLINED) { ...ProposalCardFields }
      }
    }
  `,
  [RunFields, ProposalCardFields],
);

export const ProposalChanges = graphql(
  `
    subscription ProposalChanges($jamId: ID!, $afterSeq: Int!) {
      moderationChanges(jamId: $jamId, afterSeq: $afterSeq) { seq themeProposals { ...ProposalCardFields } }
    }
  `,
  [ProposalCardFields],
);

export const AcceptProposal = graphql(
  `
    mutation AcceptThemeProposal($input: AcceptThemeProposalInput!) {
      acceptThemeProposal(input: $input) { __typename ... on ThemeProposalSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const DeclineProposal = graphql(
  `
    mutation DeclineThemeProposal($input: DeclineThemeProposalInput!) {
      declineThemeProposal(input: $input) { __typename ... on ThemeProposalSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const TakeThemeBack = graphql(
  `
    mutation TakeThemeBack($input: MergeThemesInput!) {
      mergeThemes(input: $input) { __typename ... on ThemeSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const GroupAnew = graphql(
  `
    mutation GroupAnew($input: JamInput!) {
      regroupThemes(input: $input) { __typename ... on RegroupSuccess { jam { id } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const SetThemePolicy = graphql(
  `
    mutation SetThemePolicy($input: SetThemePolicyInput!) {
      setThemePolicy(input: $input) { __typename ... on JamSuccess { jam { id themeWork { policy } } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export type Proposal = FragmentOf<typeof ProposalCardFields>;
export type Run = FragmentOf<typeof RunFields>;
export type Work = NonNullable<NonNullable<ResultOf<typeof ThemeDeskQuery>['jam']>['themeWork']>;
