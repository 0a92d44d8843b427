import { graphql, type FragmentOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';
import { AuthorLine, IdeaCard } from '../../live/fragments';

export const CircleLine = graphql(`
  fragment CircleLine on Circle { id name memberCount ideaCount createdAt isClosed viewerKeeps }
`);

const CircleWhole = graphql(
  `
    fragment CircleWhole on Circle { ...CircleLine members { ...AuthorLine } }
  `,
  [CircleLine, AuthorLine],
);

export const MyCircles = graphql(
  `
    query MyCircles($jamId: ID!) {
      jam(id: $jamId) { id viewerCircles { ...CircleLine } }
    }
  `,
  [CircleLine],
);

export const MyCircle = graphql(
  `
    query MyCircle($id: ID!, $after: String) {
      node(id: $id) {
        ... on Circle {
          ...CircleWhole
          ideas(first: 50, after: $after) { edges { node { ...IdeaCard } } pageInfo { hasNextPage endCursor } }
        }
      }
    }
  `,
  [CircleWhole, IdeaCard],
);

export const FindPeople = graphql(
  `
    query FindPeople($jamId: ID!, $text: String!) {
      search(jamId: $jamId, text: $text, kinds: [PERSON], first: 8) { people { ...AuthorLine } }
    }
  `,
  [AuthorLine],
);

export const CreateCircle = graphql(
  `
    mutation CreateCircle($input: CreateCircleInput!) {
      createCircle(input: $input) { __typename ... on CircleSuccess { seq circle { ...CircleLine } } ...RejectionFields }
    }
  `,
  [CircleLine, RejectionFields],
);

export const ChangeCircle = graphql(
  `
    mutation ChangeCircle($input: ChangeCircleInput!) {
      changeCircle(input: $input) { __typename ... on CircleSuccess { seq circle { ...CircleLine } } ...RejectionFields }
    }
  `,
  [CircleLine, RejectionFields],
);

export const RenameCircle = graphql(
  `
    mutation RenameCircle($input: RenameCircleInput!) {
      renameCircle(input: $input) { __typename ... on CircleSuccess { seq circle { ...CircleLine } } ...RejectionFields }
    }
  `,
  [CircleLine, RejectionFields],
);

export const CloseCircle = graphql(
  `
    mutation CloseCircle($input: CloseCircleInput!) {
      closeCircle(input: $input) { __typename ... on CircleSuccess { seq circle { ...CircleLine } } ...RejectionFields }
    }
  `,
  [CircleLine, RejectionFields],
);

export type CircleRow = FragmentOf<typeof CircleLine>;
export type Circle = FragmentOf<typeof CircleWhole>;
