import { graphql } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { ModeratedComment, ModeratedIdea } from './documents';

export const HideIdea = graphql(
  `
    mutation HideIdea($input: ModerateInput!) {
      hideIdea(input: $input) { __typename ... on IdeaSuccess { idea { ...ModeratedIdea } } ...RejectionFields }
    }
  `,
  [ModeratedIdea, RejectionFields],
);

export const RestoreIdea = graphql(
  `
    mutation RestoreIdea($input: ModerateInput!) {
      restoreIdea(input: $input) { __typename ... on IdeaSuccess { idea { ...ModeratedIdea } } ...RejectionFields }
    }
  `,
  [ModeratedIdea, RejectionFields],
);

export const RemoveIdea = graphql(
  `
    mutation RemoveIdea($input: ModerateInput!) {
      removeIdea(input: $input) { __typename ... on IdeaSuccess { idea { ...ModeratedIdea } } ...RejectionFields }
    }
  `,
  [ModeratedIdea, RejectionFields],
);

export const HideComment = graphql(
  `
    mutation HideComment($input: ModerateInput!) {
      hideComment(input: $input) { __typename ... on CommentSuccess { comment { ...ModeratedComment } } ...RejectionFields }
    }
  `,
  [ModeratedComment, RejectionFields],
);

export const RestoreComment = graphql(
  `
    mutation RestoreComment($input: ModerateInput!) {
      restoreComment(input: $input) { __typename ... on CommentSuccess { comment { ...ModeratedComment } } ...RejectionFields }
    }
  `,
  [ModeratedComment, RejectionFields],
);

export const RemoveComment = graphql(
  `
    mutation RemoveComment($input: ModerateInput!) {
      removeComment(input: $input) { __typename ... on CommentSuccess { comment { ...ModeratedComment } } ...RejectionFields }
    }
  `,
  [ModeratedComment, RejectionFields],
);

export const MergeIdeas = graphql(
  `
    mutation MergeIdeas($input: MergeIdeasInput!) {
      mergeIdeas(input: $input) { __typename ... on IdeaSuccess { idea { ...ModeratedIdea } } ...RejectionFields }
    }
  `,
  [ModeratedIdea, RejectionFields],
);

export const UnmergeIdea = graphql(
  `
    mutation UnmergeIdea($input: ModerateInput!) {
      unmergeIdea(input: $input) { __typename ... on IdeaSuccess { idea { ...ModeratedIdea } } ...RejectionFields }
    }
  `,
  [ModeratedIdea, RejectionFields],
);

export const MarkIdea = graphql(
  `
    mutation MarkIdea($input: MarkIdeaInput!) {
      markIdea(input: $input) { __typename ... on IdeaSuccess { idea { ...ModeratedIdea } } ...RejectionFields }
    }
  `,
  [ModeratedIdea, RejectionFields],
);

export const MoveIdea = graphql(
  `
    mutation MoveIdea($input: MoveIdeaInput!) {
      moveIdea(input: $input) { __typename ... on IdeaSuccess { idea { ...ModeratedIdea } } ...RejectionFields }
    }
  `,
  [ModeratedIdea, RejectionFields],
);

export const ResolveReport = graphql(
  `
    mutation ResolveReport($input: ResolveReportInput!) {
      resolveReport(input: $input) { __typename ... on ReportSuccess { reportId } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const ReopenReport = graphql(
  `
    mutation ReopenReport($input: ReopenReportInput!) {
      reopenReport(input: $input) { __typename ... on ReportSuccess { reportId } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const Announce = graphql(
  `
    mutation Announce($input: AnnounceInput!) {
      announce(input: $input) { __typename ... on AnnouncementSuccess { seq announcement { id } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const ExtendPhase = graphql(
  `
    mutation ExtendPhase($input: ExtendPhaseInput!) {
      extendPhase(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const ClosePhaseEarly = graphql(
  `
    mutation ClosePhaseEarly($input: ClosePhaseInput!) {
      closePhaseEarly(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const ReopenPhase = graphql(
  `
    mutation ReopenPhase($input: ExtendPhaseInput!) {
      reopenPhase(input: $input) { __typename ... on JamSuccess { seq } ...RejectionFields }
    }
  `,
  [RejectionFields],
);
