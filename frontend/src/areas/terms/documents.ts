import { graphql, type FragmentOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';

export const TermsLine = graphql(`
  fragment TermsLine on Terms { version publishedAt note(language: $language) texts { language text html } }
`);

export const AcceptanceLine = graphql(`
  fragment AcceptanceLine on TermsAcceptance { version language digest acceptedAt byGuardian }
`);

export const CurrentTerms = graphql(
  `
    query CurrentTerms($jamId: ID!, $language: String!) {
      jam(id: $jamId) { id slug title(language: $language) terms { ...TermsLine } }
    }
  `,
  [TermsLine],
);

export const TermsHistory = graphql(
  `
    query TermsHistory($jamId: ID!, $language: String!) {
      jam(id: $jamId) { id termsVersions { ...TermsLine } }
    }
  `,
  [TermsLine],
);

export const TermsCounts = graphql(`
  query TermsCounts($jamId: ID!) {
    jam(id: $jamId) { id counts { members } termsVersions { version publishedAt acceptedCount } }
  }
`);

export const MyAcceptances = graphql(
  `
    query MyAcceptances($jamId: ID!) {
      jam(id: $jamId) { id viewerAcceptances { ...AcceptanceLine } }
    }
  `,
  [AcceptanceLine],
);

export const AcceptTerms = graphql(
  `
    mutation AcceptTerms($input: AcceptTermsInput!) {
      acceptTerms(input: $input) { __typename ... on AcceptanceSuccess { seq acceptance { ...AcceptanceLine } } ...RejectionFields }
    }
  `,
  [AcceptanceLine, RejectionFields],
);

export const PublishTerms = graphql(
  `
    mutation PublishTerms($input: PublishTermsInput!) {
      publishTerms(input: $input) { __typename ... on TermsSuccess { seq terms { version } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export type Terms = FragmentOf<typeof TermsLine>;
export type Acceptance = FragmentOf<typeof AcceptanceLine>;
