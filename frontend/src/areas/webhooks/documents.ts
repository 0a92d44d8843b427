import { graphql, type FragmentOf } from '../../graphql/graphql';
import { RejectionFields } from '../../graphql/rejections';

const WebhookLine = graphql(`
  fragment WebhookLine on Webhook { id url kinds isPaused waitingCount dead { id kind at error } }
`);

export type Webhook = FragmentOf<typeof WebhookLine>;

export const WebhooksQuery = graphql(
  `
    query Webhooks($jamId: ID!) {
      viewer { id webhookKinds webhooks(jamId: $jamId) { ...WebhookLine } }
    }
  `,
  [WebhookLine],
);

export const CreateWebhook = graphql(
  `
    mutation CreateWebhook($input: CreateWebhookInput!) {
      createWebhook(input: $input) { __typename ... on WebhookSuccess { webhook { id secret } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const PauseWebhook = graphql(
  `
    mutation PauseWebhook($input: PauseWebhookInput!) {
      pauseWebhook(input: $input) { __typename ... on WebhookSuccess { webhook { id } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const SendWebhookAgain = graphql(
  `
    mutation SendWebhookAgain($input: WebhookInput!) {
      sendWebhookAgain(input: $input) { __typename ... on WebhookSuccess { webhook { id } } ...RejectionFields }
    }
  `,
  [RejectionFields],
);

export const EndWebhook = graphql(
  `
    mutation EndWebhook($input: WebhookInput!) {
      endWebhook(input: $input) { __typename ... on WebhookEndSuccess { webhookId } ...RejectionFields }
    }
  `,
  [RejectionFields],
);
