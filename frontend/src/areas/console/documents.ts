import { graphql, type FragmentOf, type ResultOf } from '../../graphql/graphql';
import { AuthorLine, CommentCard, IdeaCard } from '../../live/fragments';

/** An idea with all that a moderator decides by. */
export const ModeratedIdea = graphql(
  `
    fragment ModeratedIdea on Idea { ...IdeaCard bodyHtml }
  `,
  [IdeaCard],
);

/** A comment, with the idea that it stands under. */
export const ModeratedComment = graphql(
  `
    fragment ModeratedComment on Comment { ...CommentCard body idea { id title language topic { id } } }
  `,
  [CommentCard],
);

export const CaseReport = graphql(
  `
    fragment CaseReport on Report {
      id
      reason
      note
      filedAt
      reporter { ...AuthorLine }
      idea { ...ModeratedIdea }
      comment { ...ModeratedComment }
      sameTargetCount
      outcome
    }
  `,
  [AuthorLine, ModeratedIdea, ModeratedComment],
);

const StreamThing = graphql(
  `
    fragment StreamThing on StreamItem { __typename ...ModeratedIdea ...ModeratedComment }
  `,
  [ModeratedIdea, ModeratedComment],
);

export const MyScopeQuery = graphql(`
  query MyScope($jamId: ID!) {
    jam(id: $jamId) { id viewerScope { topics { id title } languages } }
  }
`);

export const ConsoleQuery = graphql(
  `
    query Console($jamId: ID!, $topicIds: [ID!], $languages: [String!]) {
      jam(id: $jamId) {
        id
        seq
        serverTime
        reports(open: true, first: 50, topicIds: $topicIds, languages: $languages) { ...CaseReport }
        stream(first: 60, topicIds: $topicIds, languages: $languages) { ...StreamThing }
      }
    }
  `,
  [CaseReport, StreamThing],
);

const SettledReport = graphql(
  `
    fragment SettledReport on Report {
      id
      reason
      outcome
      resolution
      resolvedAt
      resolvedBy { ...AuthorLine }
      idea { id title language }
      comment { id body language idea { id } }
    }
  `,
  [AuthorLine],
);

const SpansShown = graphql(`
  fragment SpansShown on Spans {
    recent { samples p50 p95 p99 }
    whole { samples p50 p95 p99 }
  }
`);

export const PulseQuery = graphql(
  `
  query ConsolePulse($jamId: ID!) {
    jam(id: $jamId) {
      id
      health {
        minutes { at ideas comments supports joins }
        openReports
        silentTopics
        unattendedIdeas
        latency {
          screens
          clockError
          own { ...SpansShown }
          drawn { ...SpansShown }
          durable { ...SpansShown }
          waiting { ...SpansShown }
          told { ...SpansShown }
        }
      }
      moderationLog(first: 40) { id at act targetKind targetId reason }
      settled: reports(open: false, first: 12) { ...SettledReport }
    }
  }
`,
  [SettledReport, SpansShown],
);

export const ModerationChanges = graphql(
  `
    subscription ModerationChanges($jamId: ID!, $afterSeq: Int!) {
      moderationChanges(jamId: $jamId, afterSeq: $afterSeq) {
        seq
        reports { ...CaseReport }
        openReports
        stream { ...StreamThing }
      }
    }
  `,
  [CaseReport, StreamThing],
);

export const IdeasLike = graphql(
  `
    query IdeasLike($jamId: ID!, $text: String!) {
      similarIdeas(jamId: $jamId, text: $text, first: 6) { score idea { ...IdeaCard } }
    }
  `,
  [IdeaCard],
);

export const IdeasNamed = graphql(
  `
    query IdeasNamed($jamId: ID!, $text: String!) {
      search(jamId: $jamId, text: $text, kinds: [IDEA], status: VISIBLE, first: 8) { ideas { ...IdeaCard } }
    }
  `,
  [IdeaCard],
);

export type Thing = FragmentOf<typeof ModeratedIdea> | FragmentOf<typeof ModeratedComment>;
export type ModeratedIdeaData = FragmentOf<typeof ModeratedIdea>;
export type Report = FragmentOf<typeof CaseReport>;
export type Pulse = NonNullable<ResultOf<typeof PulseQuery>['jam']>;
export type Health = NonNullable<Pulse['health']>;
export type Latency = Health['latency'];
export type Spans = FragmentOf<typeof SpansShown>;
export type LogEntry = Pulse['moderationLog'][number];
export type Settled = Pulse['settled'][number];
export type ModerationChangesData = ResultOf<typeof ModerationChanges>['moderationChanges'];
