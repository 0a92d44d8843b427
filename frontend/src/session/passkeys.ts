import { post } from './post';

/** What became of using or making a passkey. `cancelled`: the person closed the device's dialog. */
export type PasskeyAnswer = 'done' | 'cancelled' | 'sign-in-again' | 'too-many' | 'known' | 'refused' | 'no-answer';

/** Whether this browser has passkeys at all. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && isSecureContext;
}

async function judge(response: Response | null): Promise<PasskeyAnswer> {
  if (!response || response.status >= 500) return 'no-answer';
  if (response.ok) return 'done';
  const { code } = (await response.json().catch(() => ({}))) as { code?: string };
  if (code === 'SignInAgain') return 'sign-in-again';
  return code === 'TooMany' ? 'too-many' : 'refused';
}

/** Sign in with whichever passkey the person chooses. */
export async function enterWithPasskey(): Promise<PasskeyAnswer> {
  return ceremony('/auth/passkey/offer', (offer) => navigator.credentials.get({ publicKey: asked(offer) }), '/auth/passkey/enter', {});
}

/** Make a passkey on this device for whoever is signed in. */
export async function makePasskey(name: string): Promise<PasskeyAnswer> {
  return ceremony('/auth/passkey/new/offer', (offer) => navigator.credentials.create({ publicKey: wanted(offer) }), '/auth/passkey/new', { name });
}

async function ceremony(
  offerPath: string,
  atDevice: (offer: any) => Promise<Credential | null>,
  answerPath: string,
  more: object,
): Promise<PasskeyAnswer> {
  const offered = await post(offerPath, {});
  if (!offered?.ok) return judge(offered);
  let credential: Credential | null;
  try {
    credential = await atDevice(await offered.json());
  } catch (error) {
    return error instanceof DOMException && error.name === 'InvalidStateError' ? 'known' : 'cancelled';
  }
  return credential ? judge(await post(answerPath, { ...more, credential: toJson(credential as PublicKeyCredential) })) : 'cancelled';
}

function wanted(offer: any): PublicKeyCredentialCreationOptions {
  const exclude = (offer.excludeCredentials ?? []).map((one: any) => ({ ...one, id: bytes(one.id) }));
  return { ...offer, challenge: bytes(offer.challenge), user: { ...offer.user, id: bytes(offer.user.id) }, excludeCredentials: exclude };
}

function asked(offer: any): PublicKeyCredentialRequestOptions {
  const allow = (offer.allowCredentials ?? []).map((one: any) => ({ ...one, id: bytes(one.id) }));
  return { ...offer, challenge: bytes(offer.challenge), allowCredentials: allow };
}

/** Browsers older than `PublicKeyCredential.toJSON` have passkeys too, so this is spelled out. */
function toJson(credential: PublicKeyCredential): object {
  const made = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const response = {
    clientDataJSON: text(made.clientDataJSON),
    attestationObject: optional(made.attestationObject),
    transports: made.getTransports?.(),
    authenticatorData: made.attestationObject ? undefined : optional(made.authenticatorData),
    signature: optional(made.signature),
    userHandle: optional(made.userHandle),
  };
  const { id, type } = credential;
  return { id, rawId: text(credential.rawId), type, response, clientExtensionResults: credential.getClientExtensionResults() };
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function optional(buffer: ArrayBuffer | null | undefined): string | undefined {
  return buffer ? text(buffer) : undefined;
}
