// An OpenID provider for tests: `node provider.mjs '{"port": …, "redirect": …, "key": "k1", "accounts": {login: claims}}'`.
// Its own pages ask for a login and for consent. It says "ready" when it listens, and ends when its standard input does.
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const given = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${given.port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: given.key, use: 'sig', alg: 'RS256' };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'hothouse',
      client_secret: 'a-secret-of-thirty-two-characters',
      redirect_uris: [given.redirect],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  pkce: { required: () => true },
  scopes: ['openid', 'email', 'profile', 'groups'],
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'locale'],
    groups: ['groups', 'employee_type'],
  },
  conformIdTokenClaims: given.slim ?? false,
  jwks: { keys: [key] },
  cookies: { keys: ['for tests only'] },
  ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
  findAccount: (_, login) => {
    const claims = given.accounts[login];
    return claims && { accountId: login, claims: () => ({ sub: login, ...claims }) };
  },
});

const server = provider.listen(given.port, '127.0.0.1', () => console.log('ready'));
process.stdin.resume().on('end', () => server.closeAllConnections() ?? process.exit(0));
