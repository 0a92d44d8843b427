import { graphql, type ResultOf } from '../../graphql/graphql';

export const PublicLog = graphql(`
  query PublicLog($jamId: ID!) { jam(id: $jamId) { id moderationLog(first: 100) { id at act targetKind targetId reason } } }
`);

export type LogLine = NonNullable<ResultOf<typeof PublicLog>['jam']>['moderationLog'][number];
