import { graphql, type ResultOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';

export const PushFields = graphql(`
  fragment PushFields on Viewer {
    id
    push {
      publicKey
      kinds
      quietFrom
      quietTo
      zone
      apartMinutes
      apartChoices
      showsWords
      devices { id userAgent isThisOne isFailing addedAt toldAt }
    }
  }
`);

export const MyPush = graphql(`query MyPush { viewer { ...PushFields } }`, [PushFields]);

export const AddPushDevice = graphql(
  `
    mutation AddPushDevice($input: AddPushDeviceInput!) {
      addPushDevice(input: $input) { __typename ... on ViewerSuccess { viewer { ...PushFields } } ...RejectionFields }
    }
  `,
  [PushFields, RejectionFields],
);

export const ChoosePush = graphql(
  `
    mutation ChoosePush($input: ChoosePushInput!) {
      choosePush(input: $input) { __typename ... on ViewerSuccess { viewer { ...PushFields } } ...RejectionFields }
    }
  `,
  [PushFields, RejectionFields],
);

export const EndPushDevice = graphql(
  `
    mutation EndPushDevice($input: PushDeviceInput!) {
      endPushDevice(input: $input) { __typename ... on ViewerSuccess { viewer { ...PushFields } } ...RejectionFields }
    }
  `,
  [PushFields, RejectionFields],
);

export type PushWishes = ResultOf<typeof PushFields>['push'];
