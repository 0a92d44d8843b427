import { graphql, type ResultOf } from '../../graphql/graphql';

/** What is looked at every two seconds. */
export const MyOperations = graphql(`
  query MyOperations {
    operations {
      at
      workers { id place version startedAt measuredAt figures { name value bound unit alarm } }
    }
  }
`);

/** The half hour before, every ten seconds. */
export const MyOperationsHistory = graphql(`
  query MyOperationsHistory {
    operations { workers { id figures { name points { at value } } } }
  }
`);

export type Operations = ResultOf<typeof MyOperations>['operations'];
export type Worker = Operations['workers'][number];
export type Figure = Worker['figures'][number];
export type FigureName = Figure['name'];
export type Alarm = Figure['alarm'];
