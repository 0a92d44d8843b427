import { graphql, type FragmentOf } from '../graphql/graphql';

/**
 * What everyone of a visibility class may see of each thing: selected by the board, by themes and by jamChanges alike.
 * No field here may be Personal: the server makes these answers once for many people.
 */
export const AuthorLine = graphql(`
  fragment AuthorLine on Author { id name relation country role isAnonymous }
`);

export const IdeaCard = graphql(
  `
    fragment IdeaCard on Idea {
      __typename
      id
      seq
      title
      body
      language
      topic { id }
      author { ...AuthorLine }
      audience { kind relations circleId }
      postedAt
      editedAt
      editedAfterVotes
      versionCount
      status
      statusReason
      supportCount
      commentCount
      buildOnCount
      isPinned
      isFeatured
      isLocked
      parents { id }
      mergedInto { id }
      theme { id }
      viewerCanSupport
      viewerCanComment
      viewerCanBuildOn
      viewerCanModerate
    }
  `,
  [AuthorLine],
);

export const CommentCard = graphql(
  `
    fragment CommentCard on Comment {
      __typename
      id
      seq
      ideaId
      parentId
      depth
      bodyHtml
      language
      author { ...AuthorLine }
      postedAt
      editedAt
      status
      statusReason
      likeCount
      replyCount
      viewerCanModerate
    }
  `,
  [AuthorLine],
);

export const ThemeCard = graphql(`
  fragment ThemeCard on Theme {
    __typename
    id
    seq
    name
    isNamedByHand
    keywords
    colorIndex
    parentId
    ideaCount
    supportCount
    commentCount
    trend { direction recent before lift chance }
  }
`);

export const TopicLine = graphql(`
  fragment TopicLine on Topic {
    id
    title(language: $language)
    description(language: $language)
    audience { kind relations circleId }
    position
    isLocked
    ideaCount
    viewerCanPost
    viewerMayAct
    acting
    ownActing
  }
`);

export const AnnouncementLine = graphql(`
  fragment AnnouncementLine on Announcement { id text(language: $language) madeAt }
`);

export const JamHead = graphql(
  `
    fragment JamHead on Jam {
      id
      slug
      seq
      title(language: $language)
      question(language: $language)
      languages
      mainLanguage
      phase
      phaseEndsAt
      nextPhase
      schedule { lobbyAt ideationAt refinementAt reviewAt closesAt }
      topics { ...TopicLine }
      counts { ideas comments supports members themes }
      hereCount
      opinionsAt
      anonymity { isOn eyes leastCrowd }
      acting
      terms { version }
      viewerCanPost
      viewerCanModerate
      viewerCanOrganize
      viewerCanReadBriefing
      viewerCanReadReach
      viewerCanInvite
      viewerCanReadBranches
      viewerCanExport
    }
  `,
  [TopicLine],
);

export type Author = FragmentOf<typeof AuthorLine>;
export type Idea = FragmentOf<typeof IdeaCard>;
export type Comment = FragmentOf<typeof CommentCard>;
export type Theme = FragmentOf<typeof ThemeCard>;
export type Topic = FragmentOf<typeof TopicLine>;
export type Announcement = FragmentOf<typeof AnnouncementLine>;
export type Jam = FragmentOf<typeof JamHead>;
