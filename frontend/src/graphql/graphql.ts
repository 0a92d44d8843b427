import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './schema-types';

/**
 * Write a document: `graphql(\`query …\`, [fragments])`. Its result and variables are typed from schema.graphql.
 * Fragments are not masked: the live store merges whole entities.
 */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { Timestamp: number; ID: string };
}>();

export type { FragmentOf, ResultOf, TadaDocumentNode, VariablesOf } from 'gql.tada';

type Enum<Name extends keyof introspection['types']> = introspection['types'][Name] extends { enumValues: infer Values }
  ? Values
  : never;

export type Phase = Enum<'Phase'>;
export type Role = Enum<'Role'>;
export type Relation = Enum<'Relation'>;
export type IdeaOrder = Enum<'IdeaOrder'>;
export type ContentStatus = Enum<'ContentStatus'>;
export type ReportReason = Enum<'ReportReason'>;
export type NotificationKind = Enum<'NotificationKind'>;
export type SinceKind = Enum<'SinceKind'>;
export type RestrictionKind = Enum<'RestrictionKind'>;
export type MemberOrder = Enum<'MemberOrder'>;
export type MemberStanding = Enum<'MemberStanding'>;
export type MemberActivity = Enum<'MemberActivity'>;
export type MemberActKind = Enum<'MemberActKind'>;
export type IdeaMark = Enum<'IdeaMark'>;
export type ReportOutcome = Enum<'ReportOutcome'>;
export type SearchKind = Enum<'SearchKind'>;
