import { graphql, type ResultOf } from '../../graphql/graphql';

/** The same for everyone of a visibility class: the server makes it once a tick. */
export const WhoIsHere = graphql(`
  query WhoIsHere($jamId: ID!) {
    jam(id: $jamId) {
      id
      here { count elsewhere others countries { country count } relations { relation count } }
    }
  }
`);

export type Here = NonNullable<ResultOf<typeof WhoIsHere>['jam']>['here'];
