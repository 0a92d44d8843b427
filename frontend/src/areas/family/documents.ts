import { graphql, type FragmentOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { AuthorLine } from '../../live/fragments';

const MinorLine = graphql(
  `
    fragment MinorLine on Minor {
      id
      person { ...AuthorLine }
      until
      joinedAt
      isPaused
      isSuspended
      acceptances { version }
      ideas { id title language postedAt status }
      comments { id ideaId bodyHtml language postedAt status }
    }
  `,
  [AuthorLine],
);

export const MyFamily = graphql(
  `
    query MyFamily($jamId: ID!) {
      jam(id: $jamId) {
        id
        minorPolicy { allowed minimumAge majority relations }
        viewerCanBringMinors
        viewerMembership { isMinor guardian { ...AuthorLine } }
        viewerMinors { ...MinorLine }
      }
    }
  `,
  [MinorLine, AuthorLine],
);

export const MyPlacesInJam = graphql(`
  query MyPlacesInJam($jamId: ID!) {
    jam(id: $jamId) { id viewerCanBringMinors viewerMinors { id } viewerMembership { isMinor } }
  }
`);

export const MinorPolicyQuery = graphql(`
  query MinorPolicy($jamId: ID!) {
    jam(id: $jamId) { id minorPolicy { allowed minimumAge majority relations } }
  }
`);

export const SetMinorPolicy = graphql(
  `
    mutation SetMinorPolicy($input: MinorPolicyInput!) {
      setMinorPolicy(input: $input) { __typename ... on JamSuccess { seq jam { id minorPolicy { allowed minimumAge majority relations } } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const AddMinor = graphql(
  `
    mutation AddMinor($input: AddMinorInput!) {
      addMinor(input: $input) { __typename ... on MinorSuccess { seq minor { ...MinorLine } } ...RejectionFields }
    }
  `,
  [MinorLine, RejectionFields],
);

export const MakeMinorLink = graphql(
  `
    mutation MakeMinorLink($input: MinorInput!) {
      makeMinorLink(input: $input) { __typename ... on MinorLinkSuccess { url expiresAt } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const PauseMinor = graphql(
  `
    mutation PauseMinor($input: PauseMinorInput!) {
      pauseMinor(input: $input) { __typename ... on MinorSuccess { seq minor { ...MinorLine } } ...RejectionFields }
    }
  `,
  [MinorLine, RejectionFields],
);

export const RemoveMinor = graphql(
  `
    mutation RemoveMinor($input: MinorInput!) {
      removeMinor(input: $input) { __typename ... on MinorRemovedSuccess { seq personId } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export type Minor = FragmentOf<typeof MinorLine>;
